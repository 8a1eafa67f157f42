using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Plans;

/// <summary>Compares documents with what a node knows, and decides the steps. Pure; works without a view too.</summary>
public static class Planner
{
    /// <param name="view">What a node knows; null to plan without any cluster.</param>
    public static ApplyPlan Plan(ManifestSet set, ClusterView? view, string defaultNamespace = ManifestValidator.DefaultNamespace)
    {
        set = ManifestValidator.Check(set, defaultNamespace);
        var faults = set.Faults.ToBuilder();
        var wanted = set.Manifests
            .Select(manifest => (Manifest: manifest, Name: ManifestValidator.NameOf(manifest, defaultNamespace)))
            .Where(one => one.Name is { Name.Length: > 0 })
            .Select(one => (one.Manifest, Name: one.Name!.Value)).ToArray();
        var namespaces = wanted.Where(one => one.Name.Kind == ApiKind.Namespace).Select(one => one.Name.Name).ToHashSet(StringComparer.Ordinal);
        var steps = ImmutableArray.CreateBuilder<PlanStep>(wanted.Length);
        // A namespace has to be there before what is in it; all else keeps the order in which it was written.
        foreach (var (manifest, name) in wanted.OrderBy(one => one.Name.Kind == ApiKind.Namespace ? 0 : 1))
        {
            if (view is not null && !HasNamespace(view, name.Namespace) && !namespaces.Contains(name.Namespace))
                faults.Add(new ManifestFault(manifest.Source, manifest.Document, manifest.Where(manifest.Metadata?["namespace"] ?? manifest.Metadata),
                    $"{name.Kind} {name.Name}", "metadata.namespace", FaultReason.Invalid,
                    $"namespace '{name.Namespace}' does not exist: create it first, or put it into the same input"));
            if (view is not null && Find(view, name) is { } present)
                faults.AddRange(ConfigRules.Changes(ManifestMapper.ToJson(present), ConfigRules.Normal(manifest.Root), manifest));
            steps.Add(Step(manifest, name, view, wanted.Select(one => one.Manifest)));
        }
        return new ApplyPlan(steps.DrainToImmutable(), faults.ToImmutable(), set.Warnings);
    }

    /// <summary>The default namespace is always there; another one when somebody made it.</summary>
    public static bool HasNamespace(ClusterView view, string name) =>
        name.Length == 0 || name == ManifestValidator.DefaultNamespace
        || Find(view, new ObjectName(ApiKind.Namespace, "", name)) is not null;

    static PlanStep Step(Manifest manifest, ObjectName name, ClusterView? view, IEnumerable<Manifest> all)
    {
        var fields = ManifestMapper.ToFields(manifest.Root);
        var changes = ImmutableArray<string>.Empty;
        var action = PlanAction.Create;
        if (view is not null && Find(view, name) is { } present)
        {
            changes = [.. Differing(present.Fields.Where(field => ManifestMapper.IsUsers(field.Path)), fields)];
            action = changes.IsEmpty ? PlanAction.Unchanged : PlanAction.Replace;
        }
        return new PlanStep(action, name, manifest.ApiVersion, fields, changes, [.. Outlook.Of(manifest, view, all)]);
    }

    static IEnumerable<string> Differing(IEnumerable<ObjectField> present, ImmutableArray<ObjectField> wanted)
    {
        var before = present.ToDictionary(field => field.Path, StringComparer.Ordinal);
        foreach (var field in wanted)
            if (!before.Remove(field.Path, out var old) || !ManifestMapper.Same([old], [field])) yield return field.Path;
        foreach (var gone in before.Keys.Order(StringComparer.Ordinal)) yield return gone;
    }

    static ObjectView? Find(ClusterView view, ObjectName name) =>
        view.Objects.FirstOrDefault(held => held.Name == name && !held.Deleting && !held.NameConflict);
}
