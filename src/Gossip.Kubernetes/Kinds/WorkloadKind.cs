using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Kinds.Showing;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;
using Gossip.Kubernetes.Plans;

namespace Gossip.Kubernetes.Kinds;

/// <summary>What keeps a number of pods of one <c>spec.template</c> running: shown with its pods counted.</summary>
abstract class WorkloadKind : ServedKind
{
    /// <summary>The last columns of each.</summary>
    protected static readonly IReadOnlyList<Column> WideColumns =
    [
        new("Containers", (shown, _) => OfContainers(shown, "name"), Wide: true),
        new("Images", (shown, _) => OfContainers(shown, "image"), Wide: true),
        new("Selector", (shown, _) => SelectorOf(shown), Wide: true),
    ];

    protected static readonly IReadOnlyList<Column> SetColumns =
    [
        Column.OfName,
        new("Desired", (shown, _) => Wanted(shown), Type: "integer", Format: "int32"),
        new("Current", (shown, _) => StatusOf(shown, "replicas"), Type: "integer", Format: "int32"),
        new("Ready", (shown, _) => StatusOf(shown, "readyReplicas"), Type: "integer", Format: "int32"),
        Column.OfAge,
        .. WideColumns,
    ];

    /// <summary>Whether a document needs a selector, which then never changes; else its template's labels are one.</summary>
    public virtual bool NeedsSelector => true;

    public override bool IsInAll => true;

    public override IReadOnlyList<Subresource> Subresources { get; } =
    [
        new("scale", ["GET", "PUT", "PATCH"], Scales.AnswerAsync)
        { Discovered = new DiscoveredSubresource("autoscaling", "v1", "Scale", ["get", "patch", "update"]) },
    ];

    public override IReadOnlyList<ManifestRule> Rules { get; } =
    [
        new SpecPresentRule(), new ReplicasRule(), new TemplatePresentRule(), new TemplateLabelsRule(), new WorkloadSelectorRule(),
        .. PodRules.All, new RunsForeverRule(),
    ];

    public override PodPart? PodOf(JsonObject root) =>
        root.Below("spec", "template") is JsonObject template && template["spec"] is JsonObject spec
            ? new PodPart(template, spec, "spec.template.")
            : null;

    public override IEnumerable<ForbiddenChange> ForbiddenChanges(JsonObject present, JsonObject wanted)
    {
        if (NeedsSelector && !JsonNode.DeepEquals(present.Below("spec", "selector"), wanted.Below("spec", "selector")))
            yield return new ForbiddenChange(
                "spec.selector", FaultReason.Invalid, "field is immutable: delete the object and create it anew");
    }

    public override IEnumerable<string> ChangeWarnings(JsonObject present, JsonObject wanted)
    {
        if (!JsonNode.DeepEquals(present.Below("spec", "template"), wanted.Below("spec", "template")))
            yield return "spec.template has changed: all pods of the old template stop at once, "
                + "rollouts step by step come with a later version";
    }

    public override IEnumerable<string> Outlook(Manifest manifest, ClusterView? view, IEnumerable<Manifest> all) =>
        PodOutlook.Of((int)(manifest.Spec.Below("replicas").AsInteger() ?? 1), PodOf(manifest.Root)?.Spec, view, all);

    /// <summary>Its status counts its pods.</summary>
    protected override ulong? StampOf(ObjectView held, ClusterIndex cluster)
    {
        var stamp = ShownObject.StampOf(held);
        foreach (var pod in cluster.PodsOf(held.Uid))
        {
            var counted = StableHash.Mix(pod.Id.Hash(), (pod.Ready ? 1u : 0u) | (pod.Deleting ? 2u : 0u));
            stamp = StableHash.Mix(StableHash.Mix(stamp, pod.Version), counted);
        }
        return stamp;
    }

    protected override JsonObject Show(ObjectView held, ClusterIndex cluster)
    {
        var root = base.Show(held, cluster);
        var pods = cluster.PodsOf(held.Uid).Where(pod => !pod.Deleting).ToArray();
        var ready = pods.Count(pod => pod.Ready);
        var status = new JsonObject
        {
            ["observedGeneration"] = held.Generation,
            ["replicas"] = pods.Length,
            ["readyReplicas"] = ready,
            ["availableReplicas"] = ready,
        };
        Complete(status, held, pods, (int)Wanted(root), cluster);
        root["status"] = status;
        return root;
    }

    /// <summary>Adds to a status what only this kind tells.</summary>
    protected abstract void Complete(JsonObject status, ObjectView held, PodView[] pods, int wanted, ClusterIndex cluster);

    protected static long Wanted(JsonObject shown) => shown.Below("spec", "replicas").AsInteger() ?? 1;

    protected static long StatusOf(JsonObject shown, string field) => Cells.Number(shown.Below("status", field));

    static string OfContainers(JsonObject shown, string field)
    {
        var containers = shown.Below("spec", "template", "spec", "containers") as JsonArray ?? [];
        return string.Join(",", containers.Select(container => container.Below(field).AsText()));
    }

    /// <summary>A ReplicationController without a selector has its template's labels for one.</summary>
    static string SelectorOf(JsonObject shown)
    {
        var selector = shown.Below("spec", "selector") ?? shown.Below("spec", "template", "metadata", "labels");
        if (selector is null) return "<none>";
        return Selector.TryRead(JsonSerializer.SerializeToUtf8Bytes(selector), out _) is { } read
            ? Cells.OrNone(LabelSelector.Format(read))
            : "<none>";
    }
}
