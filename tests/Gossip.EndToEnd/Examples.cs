namespace Gossip.EndToEnd;

/// <summary>The manifests that this repository shows its users.</summary>
static class Examples
{
    public static string Path(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.Path.Combine(folder.FullName, "examples", "manifests", file) is var path && File.Exists(path)) return path;
        throw new FileNotFoundException($"examples/manifests/{file} is not above {AppContext.BaseDirectory}");
    }
}
