namespace Gossip.Architecture.Ratchets;

/// <summary>No rule of style is broken more often than it was, and a number that sank is written down, so that it stays.</summary>
public class RatchetTests
{
    const int Named = 40; // More would hide the sentence above them.

    public static TheoryData<string> Columns { get; } = [.. Measure.All.Select(each => each.Column)];

    [Theory]
    [MemberData(nameof(Columns))]
    public void Only_goes_down(string column)
    {
        var measure = Measure.All.Single(each => each.Column == column);
        var written = RatchetFile.Read();
        var wrong = RatchetFile.Folders.SelectMany(folder => Compare(folder, measure, written)).ToList();

        Assert.True(wrong.Count == 0, $"{string.Join("\n", wrong)}\nThe rule: {measure.Rule}.");
    }

    [Fact]
    public void Every_project_has_a_row() =>
        Assert.Equal(RatchetFile.Folders, RatchetFile.Read().Keys.Select(each => each.Folder).Distinct().Order(StringComparer.Ordinal));

    static IEnumerable<string> Compare(string folder, Measure measure, IReadOnlyDictionary<(string, string), int> written)
    {
        var found = measure.Find(folder).OrderByDescending(each => each.Size).ToList();
        if (!written.TryGetValue((folder, measure.Column), out var limit)) yield break; // the test of the rows says so
        if (found.Count < limit)
        {
            yield return $"{folder}: {measure.Column} went down. Write {found.Count} for {limit} in ratchets.txt: {RatchetCommand.Hint}";
        }
        else if (found.Count > limit)
        {
            yield return $"{folder}: {measure.Column} went up from {limit} to {found.Count}. Mend these until {limit} are left:";
            foreach (var each in found.Take(Named)) yield return $"    {each.Where}: {each.What}";
            if (found.Count > Named) yield return $"    and {found.Count - Named} more: `-- ratchets {folder} {measure.Column}`";
        }
    }
}
