namespace Gossip.Architecture.Ratchets;

/// <summary>ratchets.txt: a row for each project, a column for each rule, and how many places break it.</summary>
static class RatchetFile
{
    const int NameWidth = 32;

    public static string Path { get; } = Repository.In("tests/Gossip.Architecture/ratchets.txt");

    /// <summary>The folders with a project in them, of src, tests, bench and examples.</summary>
    public static IReadOnlyList<string> Folders { get; } =
        [.. new[] { "src", "tests", "bench", "examples" }.SelectMany(top => Directory.GetDirectories(Repository.In(top)))
            .Where(each => Directory.EnumerateFiles(each, "*.csproj").Any()).Select(Repository.Relative).Order(StringComparer.Ordinal)];

    public static IReadOnlyDictionary<(string Folder, string Column), int> Read()
    {
        var numbers = new Dictionary<(string, string), int>();
        foreach (var line in File.ReadLines(Path))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var wanted = Measure.All.Count + 1;
            if (words.Length != wanted) throw new FormatException($"ratchets.txt: {wanted} words wanted: \"{line}\"");
            foreach (var (at, measure) in Measure.All.Index()) numbers.Add((words[0], measure.Column), int.Parse(words[at + 1]));
        }
        return numbers;
    }

    /// <summary>Writes what has gone down, and the rows of new projects. What has gone up stays as it is, for the test to name.</summary>
    public static void Lower()
    {
        var written = Read();
        var head = File.ReadLines(Path).TakeWhile(each => each.StartsWith('#') && !each.StartsWith("# project", StringComparison.Ordinal));
        var columns = "# project".PadRight(NameWidth) + string.Concat(Measure.All.Select(each => $"  {each.Column}"));
        File.WriteAllLines(Path, [.. head, columns, .. Folders.Select(each => Row(each, written))]);
    }

    static string Row(string folder, IReadOnlyDictionary<(string, string), int> written) =>
        folder.PadRight(NameWidth) + string.Concat(Measure.All.Select(each => Cell(folder, each, written)));

    static string Cell(string folder, Measure measure, IReadOnlyDictionary<(string, string), int> written)
    {
        var found = measure.Find(folder).Count();
        var number = written.TryGetValue((folder, measure.Column), out var limit) ? Math.Min(found, limit) : found;
        return "  " + number.ToString().PadLeft(measure.Column.Length);
    }
}
