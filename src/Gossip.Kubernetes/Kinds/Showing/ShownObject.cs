using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>Objects as sent, with what the server says of any object.</summary>
static class ShownObject
{
    /// <summary>Differs when the object does.</summary>
    public static ulong StampOf(ObjectView held) =>
        StableHash.Mix(StableHash.Mix(held.Uid.Birth.Writer.Value, held.Uid.Birth.Seq), (held.Version << 1) | (held.Deleting ? 1u : 0u));

    public static JsonObject Of(ObjectView held)
    {
        var root = ManifestMapper.ToJson(held);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = held.Uid.ToString();
        metadata["resourceVersion"] = Text(held.Version);
        metadata["generation"] = held.Generation;
        metadata["creationTimestamp"] = ShownTime.Of(held.CreatedAt.UnixMilliseconds);
        if (held.Deleting) metadata["deletionTimestamp"] = ShownTime.Of(held.CreatedAt.UnixMilliseconds);
        return root;
    }

    /// <summary>Of something that has no object: kind, version, name, and what identifies it.</summary>
    public static JsonObject Of(ServedKind kind, ObjectName name, string uid, ulong version)
    {
        var root = ManifestMapper.ToJson(name, kind.ApiVersion, []);
        var metadata = (JsonObject)root["metadata"]!;
        metadata["uid"] = uid;
        metadata["resourceVersion"] = Text(version);
        return root;
    }

    public static string Text(ulong version) => version.ToString(CultureInfo.InvariantCulture);
}
