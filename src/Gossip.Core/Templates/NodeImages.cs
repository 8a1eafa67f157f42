using System.Collections.Frozen;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>An image that an engine has. One with several names is there under each.</summary>
/// <param name="Name">As the engine writes it: <c>redis:7</c>, <c>registry.example/team/app@sha256:…</c>.</param>
public readonly record struct HeldImage(string Name, long Bytes);

/// <summary>
/// The images that a node's engines have, for the node itself to score by; nobody else hears of them. Immutable. Names are
/// normalised and hashed, so that asking costs no text.
/// </summary>
public sealed class NodeImages
{
    /// <summary>The largest count: small ones are fetched in no time, and a machine of builders has thousands.</summary>
    public const int Most = 500;

    /// <summary>No image.</summary>
    public static readonly NodeImages None = new([]);

    readonly FrozenDictionary<ulong, long> sizes;

    /// <summary>The images that a node holds, with their sizes.</summary>
    public NodeImages(IEnumerable<HeldImage> held) => sizes = held
        .Where(image => image.Bytes > 0 && ImageName.TryRead(image.Name, out _))
        .OrderByDescending(image => image.Bytes).ThenBy(image => image.Name, StringComparer.Ordinal)
        .Take(Most)
        .DistinctBy(image => IdOf(image.Name))
        .ToFrozenDictionary(image => IdOf(image.Name), image => image.Bytes);

    /// <summary>Bytes of an image by <see cref="IdOf"/>; 0 when it is not there.</summary>
    public long SizeOf(ulong image) => sizes.GetValueOrDefault(image);

    /// <summary>The same for every way to write the name of one image: <c>redis</c> is <c>docker.io/library/redis:latest</c>. 0 for what is no name.</summary>
    public static ulong IdOf(string image)
    {
        if (!ImageName.TryRead(image, out var name)) return 0;
        var registry = name.Registry.Length == 0 ? "docker.io" : name.Registry;
        var folder = registry == "docker.io" && !name.Repository.Contains('/') ? "library/" : "";
        var version = name.Digest.Length > 0 ? $"@{name.Digest}" : $":{(name.Tag.Length > 0 ? name.Tag : "latest")}";
        return StableHash.Of($"{registry}/{folder}{name.Repository}{version}");
    }
}
