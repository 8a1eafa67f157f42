namespace Gossip.Kubernetes.Tests;

/// <summary>The manifests of real projects that issue 2 names; they lie beside the repository, or where GOSSIP_MANIFESTS says.</summary>
static class Corpus
{
    public const string Absent = "no folder shared/manifests beside the repository, and GOSSIP_MANIFESTS names none";

    public static string? Folder { get; } = Find();

    public static IReadOnlyList<string> Files { get; } = Folder is null ? [] :
    [
        .. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories)).Order(StringComparer.Ordinal),
    ];

    static string? Find()
    {
        if (Environment.GetEnvironmentVariable("GOSSIP_MANIFESTS") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "manifests") is var candidate && Directory.Exists(candidate)) return candidate;
        return null;
    }
}
