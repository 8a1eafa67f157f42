using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The rules of every object; those of one kind are in its <see cref="ServedKind.Rules"/>.</summary>
static class ManifestRules
{
    /// <summary>What must hold before a kind's own rules can look at the document.</summary>
    static readonly ManifestRule[] First =
    [
        new FieldTypesRule(), new ReservedFieldsRule(), new ObjectNameRule(), new NamespaceRule(), new LabelsRule(),
        new AnnotationKeysRule(),
    ];

    static readonly ManifestRule[] Last = [new ObjectSizeRule()];

    /// <summary>Every rule there is.</summary>
    public static IEnumerable<ManifestRule> All => [.. First, .. ServedKinds.All.SelectMany(kind => kind.Rules), .. Last];

    public static void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        Check(First, manifest, kind, findings);
        // A wrong type makes the rules of the kind guess; say the types first.
        if (findings.Faults.Count == 0) Check(kind.Rules, manifest, kind, findings);
        Check(Last, manifest, kind, findings);
    }

    static void Check(IEnumerable<ManifestRule> rules, Manifest manifest, ServedKind kind, Findings findings)
    {
        foreach (var rule in rules)
        {
            findings.Rule = rule.Name;
            rule.Check(manifest, kind, findings);
        }
    }
}
