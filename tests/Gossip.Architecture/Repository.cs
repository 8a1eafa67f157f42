namespace Gossip.Architecture;

/// <summary>The folder that holds Gossip.sln, and paths below it.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    public static string In(string path) => Path.Combine(Root, path);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The C# files that people wrote below a folder, in ordinal order of their paths.</summary>
    public static IReadOnlyList<string> Sources(string folder)
    {
        var files = new List<string>();
        foreach (var file in Directory.EnumerateFiles(In(folder), "*.cs", SearchOption.AllDirectories))
        {
            var path = Relative(file);
            if (!path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)) files.Add(file);
        }
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Gossip.sln"))) return at.FullName;
        }
        throw new InvalidOperationException($"no Gossip.sln above {AppContext.BaseDirectory}");
    }
}
