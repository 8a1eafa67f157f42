using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.View;

/// <summary>
/// What one node knows at one moment: immutable, complete, cheap to hand around. Lists are in ordinal order of
/// namespace and name. Built when somebody looks and nothing newer was built.
/// </summary>
/// <param name="Version">Grows whenever anything in it changed; the API's resource version.</param>
public sealed record ClusterView(
    ulong Version,
    WallTime At,
    NodeId Self,
    ImmutableArray<NodeView> Nodes,
    ImmutableArray<ObjectView> Objects,
    ImmutableArray<PodView> Pods,
    ImmutableArray<EndpointsView> Endpoints,
    ImmutableArray<EventView> Events)
{
    /// <summary>How each disruption budget stands.</summary>
    public ImmutableArray<BudgetView> Budgets { get; init; } = [];
}

/// <summary>A PodDisruptionBudget as this node's tables fulfil it.</summary>
/// <param name="Problem">Why it cannot be read, and so forbids everything; empty when it can.</param>
public readonly record struct BudgetView(Uid Uid, BudgetStatus Status, string Problem);

/// <summary>A node: what it says of itself, what the operator says of it, and what this node believes of it.</summary>
/// <param name="Labels">Its own, overlaid with the operator's.</param>
/// <param name="Settings">The operator's Node object, when there is one.</param>
public sealed record NodeView(
    Member Member, Labels Labels, ImmutableArray<Taint> Taints, bool Unschedulable, ObjectView? Settings, ulong Version);

/// <summary>A desired object with its cells as the user sent them.</summary>
/// <param name="Generation">Sum over the spec cells.</param>
/// <param name="Fields">In ordinal order of path; null cells left out.</param>
/// <param name="NameConflict">An object of the same name, made in another partition, counts instead.</param>
public sealed record ObjectView(
    Uid Uid, ObjectName Name, string ApiVersion, Stamp CreatedAt, ulong Generation, ulong Version,
    bool Deleting, bool NameConflict, ImmutableArray<ObjectField> Fields)
{
    /// <summary>The JSON bytes of a field of the object, by its path; null when it has none.</summary>
    public ReadOnlyMemory<byte>? this[string path]
    {
        get
        {
            foreach (var field in Fields)
                if (string.Equals(field.Path, path, StringComparison.Ordinal)) return field.Json;
            return null;
        }
    }
}

/// <summary>A pod, wanted or still running: the slot, its owner among the admissions, and how that one does.</summary>
/// <param name="Uid">Differs from epoch to epoch, as a recreated pod's does in Kubernetes.</param>
/// <param name="Owner">The object it derives from; a bare Pod's own name.</param>
/// <param name="Standing">The admission that counts, or null while it is pending.</param>
/// <param name="PendingBecause">Why nobody runs it; empty when somebody does.</param>
public sealed record PodView(
    PodId Id, string Name, string Namespace, string Uid, ObjectName Owner, Uid OwnerUid, PodTemplate Template,
    WallTime CreatedAt, ulong Version, bool Deleting, Admission? Standing, string NodeName,
    PodPhase Phase, string PendingBecause, RoundSummary? Summary, ImmutableArray<Admission> Admissions)
{
    /// <summary>How the gang that it is part of does; empty for a pod on its own.</summary>
    public string Gang { get; init; } = "";

    /// <summary>The last round of its auction is over, and nobody took it.</summary>
    public bool HasFailedScheduling => Standing is null && Summary is { } round && round.Winner == NodeId.None && Admissions.All(admission => admission.Run.Epoch < round.Run.Epoch);

    /// <summary>With which it was admitted; of a pending one, by its class as it is now.</summary>
    public int Priority { get; init; }

    /// <summary>Whether its admission says that it is ready.</summary>
    public bool Ready => Standing is { Status.Ready: true };

    /// <summary>The pod's address; empty when it has none yet.</summary>
    public string Ip => Standing?.Status.Ip ?? "";
}

/// <summary>The addresses behind a Service: every ready pod that it selects, on a live node.</summary>
public sealed record EndpointsView(ObjectName Service, ulong Version, ImmutableArray<EndpointView> Ready, ImmutableArray<EndpointView> NotReady);

/// <summary>A pod behind a service: what an endpoint tells of it.</summary>
public readonly record struct EndpointView(string Ip, string PodName, string NodeName, string PodUid);

/// <summary>Something that happened to an object, as this node saw it. Every node derives its own from the rows it sees change.</summary>
public sealed record EventView(
    ulong Number, ObjectName About, string AboutUid, bool Warning, string Reason, string Message, WallTime First, WallTime Last, int Count);
