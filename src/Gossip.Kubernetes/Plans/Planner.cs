using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Manifests;
using ObjectField = Gossip.Core.Kinds.ObjectField;

namespace Gossip.Kubernetes.Plans;

/// <summary>Compares documents with what a node knows, and decides the steps. Pure; works without a view too.</summary>
static class Planner
{
    /// <summary>The steps that an apply of the documents would take. Never throws for what is in them.</summary>
    /// <param name="set">What was read.</param>
    /// <param name="view">What a node knows; null to plan without any cluster.</param>
    /// <param name="defaultNamespace">For documents that name none.</param>
    public static ApplyPlan Plan(ManifestSet set, ClusterView? view, string defaultNamespace = ManifestValidator.DefaultNamespace)
    {
        set = ManifestValidator.Check(set, defaultNamespace);
        var faults = set.Faults.ToBuilder();
        var wanted = set.Manifests.Select(manifest => Wanted.Of(manifest, defaultNamespace)).OfType<Wanted>().ToArray();
        var coming = wanted.Where(one => one.Kind == NamespaceKind.Instance).Select(one => one.Name.Name).ToHashSet(StringComparer.Ordinal);
        var steps = ImmutableArray.CreateBuilder<PlanStep>(wanted.Length);
        // What others need has to be there before them; all else keeps the order in which it was written.
        foreach (var one in wanted.OrderBy(one => one.Kind.IsAppliedFirst ? 0 : 1))
        {
            if (view is not null && !HasNamespace(view, one.Name.Namespace) && !coming.Contains(one.Name.Namespace))
                faults.Add(one.Fault("metadata.namespace", one.Manifest.Metadata?["namespace"], FaultReason.Invalid,
                    $"namespace '{one.Name.Namespace}' does not exist: create it first, or put it into the same input"));
            if (view is not null && Find(view, one.Name) is { } present)
                foreach (var change in one.Kind.ForbiddenChanges(ManifestMapper.ToJson(present), one.Kind.Normalize(one.Manifest.Root)))
                    faults.Add(one.Fault(change.Field, one.Manifest.Root.Below(change.Field.Split('.')), change.Reason, change.Message));
            steps.Add(Step(one, view, wanted.Select(other => other.Manifest)));
        }
        return new ApplyPlan(steps.DrainToImmutable(), faults.ToImmutable(), set.Warnings);
    }

    /// <summary>The default namespace is always there; another one when somebody made it.</summary>
    static bool HasNamespace(ClusterView view, string name) =>
        name is "" or NamespaceKind.Default || Find(view, NamespaceKind.Instance.Name("", name)) is not null;

    /// <summary>A document with what it names.</summary>
    sealed record Wanted(Manifest Manifest, ServedKind Kind, ObjectName Name)
    {
        public static Wanted? Of(Manifest manifest, string defaultNamespace) =>
            ManifestValidator.NameOf(manifest, defaultNamespace) is { Name.Length: > 0 } name
                ? new(manifest, ServedKinds.Of(name.Kind)!, name)
                : null;

        public ManifestFault Fault(string field, JsonNode? near, FaultReason reason, string message) =>
            new(Manifest.Source, Manifest.Document, Manifest.Where(near ?? Manifest.Metadata ?? Manifest.Root), $"{Name.Kind} {Name.Name}",
                field, reason, message);
    }

    static PlanStep Step(Wanted one, ClusterView? view, IEnumerable<Manifest> all)
    {
        var fields = one.Manifest.Fields;
        var changes = ImmutableArray<string>.Empty;
        var action = PlanAction.Create;
        if (view is not null && Find(view, one.Name) is { } present)
        {
            changes = [.. Differing(present.Fields.Where(field => ManifestMapper.IsUsers(field.Path)), fields)];
            action = changes.IsEmpty ? PlanAction.Unchanged : PlanAction.Replace;
        }
        return new PlanStep(action, one.Name, one.Manifest.ApiVersion, fields, changes, [.. one.Kind.Outlook(one.Manifest, view, all)]);
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
