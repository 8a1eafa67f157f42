using System.Collections.Immutable;
using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Wire;

namespace Gossip.Core.Pods.Configuration;

/// <summary>What the volumes of a pod hold that are made of ConfigMaps, Secrets and the pod's own fields.</summary>
static class FilesResolver
{
    /// <summary>A pod may mount many objects of 1 MiB, and one of them many times; a node holds this for each of its pods while it starts.</summary>
    public const int BytesMax = 8 * Limits.ObjectBytes;

    /// <summary>Null while something is missing, or cannot be.</summary>
    /// <param name="problem">In the kubelet's words, and by name only; empty when all is well.</param>
    public static ImmutableArray<VolumeFiles>? Resolve(PodSurroundings around, out string problem)
    {
        var volumes = ImmutableArray.CreateBuilder<VolumeFiles>();
        var bytes = 0L;
        foreach (var volume in around.Launch.Template.Volumes)
        {
            if (volume is not FilesVolume wanted) continue;
            var files = new SortedDictionary<string, VolumeFile>(StringComparer.Ordinal);
            foreach (var source in wanted.Sources)
            {
                problem = Add(source, wanted.Mode, around, files);
                if (problem.Length == 0) continue;
                problem = $"MountVolume.SetUp failed for volume \"{wanted.Name}\" : {problem}";
                return null;
            }
            bytes += files.Values.Sum(file => (long)file.Content.Length);
            problem = bytes > BytesMax ? $"the pod's files sum up to more than {BytesMax} bytes" : Clash(wanted.Name, files);
            if (problem.Length > 0) return null;
            volumes.Add(new VolumeFiles(wanted.Name, [.. files.Values]));
        }
        problem = "";
        return volumes.DrainToImmutable();
    }

    /// <summary>Equal for equal files: so that nothing is written anew that did not change.</summary>
    public static ulong Hash(ImmutableArray<VolumeFiles> volumes)
    {
        var hash = 1UL;
        foreach (var volume in volumes)
        {
            hash = StableHash.Mix(hash, StableHash.Of(volume.Volume));
            foreach (var file in volume.Files)
                hash = StableHash.Mix(StableHash.Mix(StableHash.Mix(hash, StableHash.Of(file.Path)), (ulong)file.Mode), StableHash.Of(file.Content.Span));
        }
        return hash;
    }

    static string Add(FileSource source, int mode, PodSurroundings around, SortedDictionary<string, VolumeFile> files)
    {
        if (source is FieldSource field)
        {
            var value = field.Resource is { } amount ? PodField.Read(amount, around, "") : PodField.Read(field.FieldPath ?? "", around, "");
            if (value is null) return $"fieldRef '{field.FieldPath}' is not known here";
            files[field.Path] = new VolumeFile(field.Path, Encoding.UTF8.GetBytes(value), field.Mode ?? mode);
            return "";
        }
        var config = (ConfigSource)source;
        if (around.Find(config.From) is not { } keys) return config.From.Optional ? "" : ConfigObjects.Missing(config.From);
        if (config.Items.IsEmpty)
            foreach (var (key, value) in keys) files[key] = new VolumeFile(key, value.Bytes, mode);
        foreach (var item in config.Items)
        {
            if (keys.TryGetValue(item.Key, out var value)) files[item.Path] = new VolumeFile(item.Path, value.Bytes, item.Mode ?? mode);
            else if (!config.From.Optional) return $"{(config.From.IsSecret ? "secret" : "configmap")} \"{config.From.Name}\" references non-existent {(config.From.IsSecret ? "secret" : "config")} key: {item.Key}";
        }
        return "";
    }

    /// <summary>A path that is a file and a folder, or leads out: keys come from objects, which may not have been checked.</summary>
    static string Clash(string volume, SortedDictionary<string, VolumeFile> files)
    {
        foreach (var path in files.Keys)
        {
            var parts = path.Split('/');
            if (path.Contains('\0') || parts.Any(part => part is "" or "." or "..")) return $"volume \"{volume}\" cannot have a file of the name \"{path}\"";
            for (var i = 1; i < parts.Length; i++)
                if (files.ContainsKey(string.Join('/', parts[..i]))) return $"volume \"{volume}\" would have {string.Join('/', parts[..i])} as a file and as a folder";
        }
        return "";
    }
}
