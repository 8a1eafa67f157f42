using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Manifests;

/// <summary>Collects what is wrong with one document, up to a bound that a reader can still take in.</summary>
sealed class Findings(Manifest manifest)
{
    const int Max = 32;

    public List<ManifestFault> Faults { get; } = [];
    public List<ManifestFault> Warnings { get; } = [];

    /// <summary>Which rule speaks.</summary>
    public string Rule { get; set; } = "";

    /// <param name="near">The node at fault, or the one that lacks it: for the place.</param>
    public void Fault(string field, JsonNode? near, FaultReason reason, string message) => Add(Faults, field, near, reason, message);

    public void Warn(string field, JsonNode? near, FaultReason reason, string message) => Add(Warnings, field, near, reason, message);

    /// <summary>Says what a rule of <see cref="Names"/> found, if anything.</summary>
    public void FaultIf(string? problem, string field, JsonNode? near)
    {
        if (problem is not null) Fault(field, near, FaultReason.Invalid, problem);
    }

    /// <summary>A number out of bounds; absent is fine.</summary>
    public void Range(string field, JsonNode? node, long least, long most)
    {
        if (node is null || (node.AsInteger() is { } number && number >= least && number <= most)) return;
        Fault(field, node, FaultReason.Invalid, $"is {node.ToJsonString()}: must be a whole number from {least} to {most}");
    }

    /// <summary>A text out of a few; absent is fine.</summary>
    public void OneOf(string field, JsonNode? node, params ReadOnlySpan<string> allowed)
    {
        if (node is null || allowed.Contains(node.AsText())) return;
        Fault(field, node, FaultReason.Unsupported, $"is {node.ToJsonString()}: must be one of {string.Join(", ", allowed)}");
    }

    void Add(List<ManifestFault> list, string field, JsonNode? near, FaultReason reason, string message)
    {
        if (list.Count >= Max) return;
        var about = manifest.Name.Length == 0 ? manifest.Kind : $"{manifest.Kind} {manifest.Name}";
        var at = manifest.Where(near);
        list.Add(new ManifestFault(manifest.Source, manifest.Document, at, about, field, reason, message) { Rule = Rule });
    }

    /// <summary>The path of a key below a field: <c>spec.replicas</c>, <c>metadata.labels[a.b/c]</c>.</summary>
    public static string Key(string field, string key)
    {
        if (!key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) return $"{field}[{key}]";
        return field.Length == 0 ? key : $"{field}.{key}";
    }
}
