using System.Text;
using System.Text.Json.Nodes;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;
using k8s.Models;

namespace Gossip.Kubernetes.Kinds;

/// <summary>Secrets: their tables count keys and show no value.</summary>
sealed class SecretKind : ServedKind
{
    public static readonly SecretKind Instance = new()
    {
        Kind = "Secret",
        Plural = "secrets",
        Singular = "secret",
        Model = typeof(V1Secret),
    };

    public override IReadOnlyList<ManifestRule> Rules { get; } = [new SecretDataRule(), new SecretTypeRule()];

    public override IReadOnlyList<Column> Columns { get; } =
    [
        Column.OfName,
        new("Type", (secret, _) => secret["type"].AsText()),
        new("Data", (secret, _) => Cells.Count(secret["data"]), Type: "integer"),
        Column.OfAge,
    ];

    public static string TypeOf(JsonObject secret) => secret["type"].AsText() is { Length: > 0 } type ? type : "Opaque";

    protected override JsonObject Show(ObjectView held, ClusterIndex cluster)
    {
        var root = base.Show(held, cluster);
        root["type"] = TypeOf(root);
        return root;
    }

    /// <summary>What was written as text is data like the rest, in one spelling of base64.</summary>
    public override JsonObject Normalize(JsonObject root)
    {
        if (root["data"] is not (null or JsonObject) || root["stringData"] is not (null or JsonObject)) return root;
        var normal = (JsonObject)root.DeepClone();
        var data = normal["data"] as JsonObject ?? [];
        foreach (var (key, value) in data.ToArray())
            if (value is not null && Base64.TryRead(value.AsText()) is { } bytes) data[key] = Convert.ToBase64String(bytes);
        foreach (var (key, value) in (normal["stringData"] as JsonObject)?.ToArray() ?? [])
            if (value is not null) data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.AsText()));
        normal.Remove("stringData");
        if (data.Count > 0 && data.Parent is null) normal["data"] = data;
        return normal;
    }

    public override IEnumerable<ForbiddenChange> ForbiddenChanges(JsonObject present, JsonObject wanted)
    {
        if (TypeOf(present) != TypeOf(wanted))
            yield return new ForbiddenChange("type", FaultReason.Forbidden, $"Invalid value: \"{TypeOf(wanted)}\": field is immutable");
        foreach (var change in ImmutableData.Changes(present, wanted)) yield return change;
    }
}
