using System.Text.Json.Nodes;
using Gossip.Core.Explain;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Kubernetes.Kinds.Showing;

/// <summary>A view with the look-ups that showing it needs, made when first asked for.</summary>
sealed class ClusterIndex(ClusterView view)
{
    readonly Dictionary<Uid, (ulong Hash, JsonObject Template)?> templates = [];
    Dictionary<NodeId, NodeView>? nodes;
    ILookup<Uid, PodView>? podsByOwner;
    Dictionary<Uid, ObjectView>? objects;
    Dictionary<string, PodView>? pending;

    public ClusterView View => view;

    /// <summary>What keeps pending pods from every node.</summary>
    public Diagnoses Diagnoses { get; } = new(view);

    /// <summary>Why nobody runs a pod, in one line, as conditions and events have it; empty when somebody does.</summary>
    public string WhyPending(PodView pod) =>
        Diagnoses.Of(pod) is { } diagnosis && (diagnosis.Fit == 0 || pod.Gang.Length == 0 && pod.HasFailedScheduling)
            ? diagnosis.Line
            : pod.PendingBecause;

    /// <summary>The pod that has a uid now, if it is pending.</summary>
    public PodView? Pending(string uid)
    {
        pending ??= view.Pods.Where(pod => pod.PendingBecause.Length > 0).ToDictionary(pod => pod.Uid, StringComparer.Ordinal);
        return pending.GetValueOrDefault(uid);
    }

    public NodeView? Node(NodeId id) => (nodes ??= view.Nodes.ToDictionary(node => node.Member.Id)).GetValueOrDefault(id);

    public ObjectView? Object(Uid uid) => (objects ??= view.Objects.ToDictionary(held => held.Uid)).GetValueOrDefault(uid);

    public IEnumerable<PodView> PodsOf(Uid owner) => (podsByOwner ??= view.Pods.ToLookup(pod => pod.OwnerUid))[owner];

    public BudgetView? Budget(Uid uid)
    {
        foreach (var budget in view.Budgets)
            if (budget.Uid == uid) return budget;
        return null;
    }

    /// <summary>Those that count; of two objects of one name only the one that does.</summary>
    public IEnumerable<ObjectView> ObjectsOf(string kind) => view.Objects.Where(held => held.Name.Kind == kind && !held.NameConflict);

    public ObjectView? Find(ObjectName name) => view.Objects.FirstOrDefault(held => held.Name == name && !held.NameConflict);

    /// <summary>The owner's template as it was sent, while it is still the one that the pod was made of.</summary>
    public JsonObject? TemplateOf(PodView pod) =>
        Template(pod.OwnerUid) is { } found && found.Hash == pod.Id.Template ? found.Template : null;

    /// <summary>The hash of a workload's present template, to tell updated pods from old ones; null when it cannot be read.</summary>
    public ulong? TemplateHash(Uid workload) => Template(workload)?.Hash;

    public bool HasNamespace(string name) =>
        name is "" or NamespaceKind.Default || Find(NamespaceKind.Instance.Name("", name)) is { Deleting: false };

    (ulong Hash, JsonObject Template)? Template(Uid workload)
    {
        lock (templates)
        {
            if (!templates.TryGetValue(workload, out var known))
                templates[workload] = known = Object(workload)?[Fields.Template] is { } json ? Read(json) : null;
            return known;
        }
    }
    static (ulong Hash, JsonObject Template)? Read(ReadOnlyMemory<byte> json) =>
        JsonNode.Parse(json.Span) is JsonObject template && PodTemplateReader.TryRead(json, out _) is { } read
            ? (read.Hash, template)
            : null;
}
