using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Kubernetes.Manifests;

/// <summary>
/// Says everything that is wrong with documents before anything is written: types by <see cref="Shape"/>, then the
/// rules that Kubernetes' API server and the core's own bounds set.
/// </summary>
public static class ManifestValidator
{
    public const string DefaultNamespace = "default";

    /// <summary>The set with its faults and warnings added; one object may be there once.</summary>
    /// <param name="defaultNamespace">For documents that name none.</param>
    public static ManifestSet Check(ManifestSet set, string defaultNamespace = DefaultNamespace)
    {
        var faults = set.Faults.ToBuilder();
        var warnings = set.Warnings.ToBuilder();
        var seen = new Dictionary<ObjectName, Manifest>();
        foreach (var manifest in set.Manifests)
        {
            var findings = new Findings(manifest);
            Check(manifest, findings);
            if (NameOf(manifest, defaultNamespace) is { Name.Length: > 0 } name && !seen.TryAdd(name, manifest))
            {
                var first = seen[name];
                findings.Fault("metadata.name", manifest.Metadata?["name"], FaultReason.Duplicate,
                    $"{name} is already in {first.Source}, document {first.Document}: rename one, or take it out");
            }
            faults.AddRange(findings.Faults);
            warnings.AddRange(findings.Warnings);
        }
        return set with { Faults = faults.ToImmutable(), Warnings = warnings.ToImmutable() };
    }

    /// <summary>What the document's object is called; null for a kind that is not served.</summary>
    public static ObjectName? NameOf(Manifest manifest, string defaultNamespace = DefaultNamespace) =>
        ApiKind.Find(manifest.ApiVersion, manifest.Kind)
            ?.Name(manifest.Namespace.Length == 0 ? defaultNamespace : manifest.Namespace, manifest.Name);

    static void Check(Manifest manifest, Findings findings)
    {
        var root = manifest.Root;
        if (FindKind(manifest, findings) is not { } kind) return;
        Shape.Check(root, kind.Model, findings);
        foreach (var (field, value) in root) findings.FaultIf(ManifestMapper.Reserved(field), field, value ?? root);
        CheckMetadata(manifest, kind, findings);
        // A wrong type makes the rules below guess; say the types first.
        if (findings.Faults.Count == 0) KindRules.Check(manifest, kind, findings);
        CheckSize(root, findings);
    }

    static ApiKind? FindKind(Manifest manifest, Findings findings)
    {
        var root = manifest.Root;
        if (manifest.Kind.Length == 0) findings.Fault("kind", root, FaultReason.Missing, "is missing: say what it is, such as Deployment");
        if (manifest.ApiVersion.Length == 0) findings.Fault("apiVersion", root, FaultReason.Missing, "is missing: say which version, such as v1 or apps/v1");
        if (findings.Faults.Count > 0) return null;
        var kind = ApiKind.Find(manifest.ApiVersion, manifest.Kind);
        if (kind is not null) return kind;
        if (ApiKind.Of(manifest.Kind) is { } other)
            findings.Fault("apiVersion", root["apiVersion"], FaultReason.UnknownKind, $"'{manifest.ApiVersion}' has no {manifest.Kind} here: write {other.ApiVersion}");
        else
            findings.Fault("kind", root["kind"], FaultReason.UnknownKind,
                $"'{manifest.Kind}' ({manifest.ApiVersion}) is not served: this version knows {string.Join(", ", ApiKind.All.Select(known => known.Kind))}");
        return null;
    }

    static void CheckMetadata(Manifest manifest, ApiKind kind, Findings findings)
    {
        var root = manifest.Root;
        if (manifest.Metadata is not { } metadata)
        {
            if (root["metadata"] is null) findings.Fault("metadata.name", root, FaultReason.Missing, "is missing: give the object a name");
            return;
        }
        if (manifest.Name.Length == 0)
            findings.Fault("metadata.name", metadata, FaultReason.Missing, "is missing: give the object a name");
        else
            findings.FaultIf(kind.Kind switch
            {
                ApiKind.Namespace or ApiKind.Node => Names.Label(manifest.Name),
                ApiKind.Service => Names.ServiceName(manifest.Name),
                _ => Names.Subdomain(manifest.Name),
            }, "metadata.name", metadata["name"]);
        if (manifest.Namespace.Length > 0)
            findings.FaultIf(
                kind.Namespaced ? Names.Label(manifest.Namespace) : $"a {kind.Kind} belongs to the whole cluster: leave the namespace out",
                "metadata.namespace", metadata["namespace"]);
        CheckLabels(metadata["labels"], "metadata.labels", findings);
        if (metadata["annotations"] is JsonObject annotations)
            foreach (var (key, value) in annotations)
                findings.FaultIf(Names.Key(key), $"metadata.annotations[{key}]", value ?? annotations);
    }

    internal static void CheckLabels(JsonNode? labels, string field, Findings findings)
    {
        if (labels is not JsonObject pairs) return;
        foreach (var (key, value) in pairs)
        {
            findings.FaultIf(Names.Key(key), $"{field}[{key}]", value ?? pairs);
            findings.FaultIf(Names.Value(value.AsText()), $"{field}[{key}]", value);
        }
    }

    static void CheckSize(JsonObject root, Findings findings)
    {
        var fields = ManifestMapper.ToFields(root);
        var size = ManifestMapper.SizeOf(fields);
        if (size > Limits.ObjectBytes)
            findings.Fault("", root, FaultReason.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"is {size} bytes, more than {Limits.ObjectBytes}: make it smaller, or several objects"));
        if (fields.Length > Limits.Cells)
            findings.Fault("", root, FaultReason.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"has {fields.Length} first-level fields, more than {Limits.Cells}: make it several objects"));
    }
}
