namespace Gossip.Packages.Tests;

/// <summary>The folder that holds Gossip.sln.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Gossip.sln"))) return at.FullName;
        }
        throw new InvalidOperationException($"no Gossip.sln above {AppContext.BaseDirectory}");
    }
}
