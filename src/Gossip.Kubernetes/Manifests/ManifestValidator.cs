using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests.Rules;
using WorkloadSpec = Gossip.Core.Kinds.WorkloadSpec;

namespace Gossip.Kubernetes.Manifests;

/// <summary>
/// Says everything that is wrong with documents before anything is written, by the rules that Kubernetes' API server and the core's own
/// bounds set (<see cref="ManifestRules"/>).
/// </summary>
static class ManifestValidator
{
    /// <summary>The namespace of documents that name none, which is always there.</summary>
    public const string DefaultNamespace = NamespaceKind.Default;

    /// <summary>The set with its faults and warnings added; one object may be there once.</summary>
    /// <param name="set">What was read.</param>
    /// <param name="defaultNamespace">For documents that name none.</param>
    public static ManifestSet Check(ManifestSet set, string defaultNamespace = DefaultNamespace)
    {
        var faults = set.Faults.ToBuilder();
        var warnings = set.Warnings.ToBuilder();
        var seen = new Dictionary<ObjectName, Manifest>();
        var checkedOnes = ImmutableArray.CreateBuilder<Manifest>(set.Manifests.Length);
        foreach (var read in set.Manifests)
        {
            var findings = new Findings(read);
            var manifest = read;
            if (FindKind(read, findings) is { } kind)
            {
                // Mapped once and read once: the rules look at both, and what is written are they.
                var fields = ManifestMapper.ToFields(read.Root);
                manifest = read with { Fields = fields, Template = WorkloadSpec.ReadTemplate(kind.Kind, fields) };
                ManifestRules.Check(manifest, kind, findings);
            }
            findings.Rule = "";
            checkedOnes.Add(manifest);
            if (NameOf(manifest, defaultNamespace) is { Name.Length: > 0 } name && !seen.TryAdd(name, manifest))
            {
                var first = seen[name];
                findings.Fault("metadata.name", manifest.Metadata?["name"], FaultReason.Duplicate,
                    $"{name} is already in {first.Source}, document {first.Document}: rename one, or take it out");
            }
            faults.AddRange(findings.Faults);
            warnings.AddRange(findings.Warnings);
        }
        return set with { Manifests = checkedOnes.ToImmutable(), Faults = faults.ToImmutable(), Warnings = warnings.ToImmutable() };
    }

    /// <summary>What the document's object is called; null for a kind that is not served.</summary>
    public static ObjectName? NameOf(Manifest manifest, string defaultNamespace = DefaultNamespace) =>
        ServedKinds.Find(manifest.ApiVersion, manifest.Kind)
            ?.Name(manifest.Namespace.Length == 0 ? defaultNamespace : manifest.Namespace, manifest.Name);

    static ServedKind? FindKind(Manifest manifest, Findings findings)
    {
        var root = manifest.Root;
        if (manifest.Kind.Length == 0) findings.Fault("kind", root, FaultReason.Missing, "is missing: say what it is, such as Deployment");
        if (manifest.ApiVersion.Length == 0)
            findings.Fault("apiVersion", root, FaultReason.Missing, "is missing: say which version, such as v1 or apps/v1");
        if (findings.Faults.Count > 0) return null;
        var kind = ServedKinds.Find(manifest.ApiVersion, manifest.Kind);
        if (kind is not null) return kind;
        if (ServedKinds.Of(manifest.Kind) is { } other)
            findings.Fault(
                "apiVersion", root["apiVersion"], FaultReason.UnknownKind,
                $"'{manifest.ApiVersion}' has no {manifest.Kind} here: write {other.ApiVersion}");
        else
            findings.Fault("kind", root["kind"], FaultReason.UnknownKind,
                $"'{manifest.Kind}' ({manifest.ApiVersion}) is not served: "
                + $"this version knows {string.Join(", ", ServedKinds.All.Select(known => known.Kind))}");
        return null;
    }
}
