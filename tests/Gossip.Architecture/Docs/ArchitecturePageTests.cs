using System.Text.RegularExpressions;

namespace Gossip.Architecture.Docs;

/// <summary>The newcomer's map names what is there.</summary>
public sealed partial class ArchitecturePageTests
{
    const string Page = "docs/architecture.md";

    [Fact]
    public void Every_type_that_the_page_names_is_declared_in_src()
    {
        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Repository.Sources("src"))
            foreach (Match type in Declaration().Matches(File.ReadAllText(file))) declared.Add(type.Groups["name"].Value);
        var page = File.ReadAllText(Repository.In(Page));
        var named = Named().Matches(page).Select(name => name.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(named.Count > 30, $"{Page} names {named.Count} types: the pattern finds no names any more");
        Assert.DoesNotContain(named, name => !declared.Contains(name) && name is not "OnSettled");
    }

    [Fact]
    public void Every_path_that_the_page_names_is_there()
    {
        var paths = Paths().Matches(File.ReadAllText(Repository.In(Page))).Select(path => path.Groups["path"].Value).ToArray();
        Assert.NotEmpty(paths);
        Assert.DoesNotContain(paths, path => !File.Exists(Repository.In(path)) && !Directory.Exists(Repository.In(path)));
    }

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+(?<name>[A-Z]\w+)")]
    private static partial Regex Declaration();

    /// <summary>A word in backticks that begins with a capital and has no dot, slash or space.</summary>
    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"`(?<path>(?:src|tests|docs|bench)/[\w./]+)`")]
    private static partial Regex Paths();
}
