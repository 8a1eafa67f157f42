using System.Collections.Immutable;

namespace Gossip.Kubernetes.Manifests;

/// <summary>Reads what <c>apply -f</c> names: files, folders (their *.yaml, *.yml and *.json, not deeper), or <c>-</c> for stdin.</summary>
static class ManifestFiles
{
    static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Everything that the paths name, in order. Never throws for what is not there or cannot be read: that is a fault.</summary>
    /// <param name="paths">Files, folders, or <c>-</c>.</param>
    /// <param name="stdin">What <c>-</c> reads.</param>
    public static ManifestSet Read(IEnumerable<string> paths, Stream stdin)
    {
        var set = ManifestSet.Empty;
        foreach (var path in paths)
        {
            if (path == "-") set = set.With(ReadStream("stdin", stdin));
            else if (Directory.Exists(path)) set = set.With(ReadFolder(path));
            else set = set.With(ReadFile(path));
        }
        return set;
    }

    static ManifestSet ReadFolder(string folder)
    {
        var files = Directory.EnumerateFiles(folder)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).ToArray();
        return files.Length == 0
            ? Unreadable(folder, "has no file that ends in .yaml, .yml or .json")
            : files.Aggregate(ManifestSet.Empty, (set, file) => set.With(ReadFile(file)));
    }

    static ManifestSet ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return ReadStream(path, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(path, e is FileNotFoundException or DirectoryNotFoundException ? "is not there: check the path" : e.Message);
        }
    }

    /// <summary>One byte more than is allowed tells the reader that there is too much, without taking it all.</summary>
    static ManifestSet ReadStream(string source, Stream stream)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[64 << 10];
        while (bytes.Length <= ManifestLimits.InputBytes && stream.Read(chunk) is > 0 and var read) bytes.Write(chunk.AsSpan(0, read));
        var set = ManifestReader.Read(source, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        return set.Manifests.IsEmpty && set.Faults.IsEmpty ? Unreadable(source, "holds no object") : set;
    }

    static ManifestSet Unreadable(string source, string message) =>
        ManifestSet.Empty with { Faults = [new ManifestFault(source, 1, default, "", "", FaultReason.Malformed, message)] };
}
