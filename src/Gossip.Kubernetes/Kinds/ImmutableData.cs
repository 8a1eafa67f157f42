using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Kinds;

/// <summary>The <c>immutable</c> field of ConfigMaps and Secrets, in Kubernetes' words.</summary>
static class ImmutableData
{
    const string Refusal = "Forbidden: field is immutable when `immutable` is set";

    /// <summary>What of an object that is set in stone would change.</summary>
    public static IEnumerable<ForbiddenChange> Changes(JsonObject present, JsonObject wanted)
    {
        if (!IsSet(present)) yield break;
        if (!IsSet(wanted)) yield return new ForbiddenChange("immutable", FaultReason.Forbidden, Refusal);
        foreach (var part in (string[])["data", "binaryData"])
            if (!JsonNode.DeepEquals(Pairs(present[part]), Pairs(wanted[part])))
                yield return new ForbiddenChange(part, FaultReason.Forbidden, Refusal);
    }

    static bool IsSet(JsonObject root) => root["immutable"] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    static JsonNode? Pairs(JsonNode? node) => node is JsonObject { Count: > 0 } ? node : null;
}
