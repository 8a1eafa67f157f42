using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Watching;

/// <summary>An object as it is shown: its JSON, written once for all who read it, and what selectors ask of it. Immutable.</summary>
/// <param name="Uid">Empty for what has none.</param>
/// <param name="Deletion">Its deletionTimestamp; empty when it is not being deleted.</param>
/// <param name="Fields">The values of <see cref="FieldSelector.FieldsOf"/>, in that order.</param>
/// <param name="Stamp">Of what it was made of; null when that must be looked at each time.</param>
sealed record Shown(
    ObjectName Name, string Uid, string Version, string Deletion, byte[] Json, Labels Labels, string[] Fields, ulong? Stamp)
{
    /// <summary>What an entry shows now: the one from before, unless something that a reader sees has changed.</summary>
    /// <param name="version">For what has changed.</param>
    public static Shown Of(ServedKind kind, Entry entry, Shown? before, string version)
    {
        if (before is not null && entry.Stamp is { } stamp && before.Stamp == stamp) return before;
        var root = entry.Render();
        if (root["metadata"] is not JsonObject metadata) root["metadata"] = metadata = [];
        var uid = metadata["uid"].AsText();
        if (before is not null && before.Uid == uid)
        {
            // Nobody keeps when a deletion was asked for: the first time that it was shown stands.
            if (before.Deletion.Length > 0 && metadata.ContainsKey("deletionTimestamp")) metadata["deletionTimestamp"] = before.Deletion;
            metadata["resourceVersion"] = before.Version;
            var same = JsonSerializer.SerializeToUtf8Bytes(root, ManifestMapper.Plain);
            if (same.AsSpan().SequenceEqual(before.Json)) return before with { Stamp = entry.Stamp };
        }
        return Of(kind, entry.Name, root, version, entry.Stamp);
    }

    static Shown Of(ServedKind kind, ObjectName name, JsonObject root, string version, ulong? stamp)
    {
        var metadata = root["metadata"]!;
        metadata["resourceVersion"] = version;
        return new Shown(
            name, metadata["uid"].AsText(), version, metadata["deletionTimestamp"].AsText(),
            JsonSerializer.SerializeToUtf8Bytes(root, ManifestMapper.Plain), Labels.Of(metadata["labels"].AsTexts()),
            FieldSelector.ValuesOf(kind, root), stamp);
    }

    /// <summary>The same at another version, such as that of its end.</summary>
    public Shown At(ServedKind kind, string version) => Of(kind, Name, Parse(), version, Stamp);

    /// <summary>A copy to take apart.</summary>
    public JsonObject Parse() => (JsonObject)JsonNode.Parse(Json)!;
}
