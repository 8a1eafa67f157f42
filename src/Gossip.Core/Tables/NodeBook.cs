using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>
/// What the tables and the members together say of nodes: the operator's settings over the card, and whether a node
/// still answers for its admissions.
/// </summary>
sealed class NodeBook(Catalog catalog, IMemberList members, NodeTimings timings)
{
    /// <summary>Every node has it, as in Kubernetes: the domain that is one node.</summary>
    public const string HostnameLabel = "kubernetes.io/hostname";

    readonly Dictionary<NodeId, NodeSettings> settings = [];
    readonly Dictionary<NodeId, Instant> strangersSince = [];

    /// <summary>
    /// The earliest moment at which an answer that was given since <see cref="ForgetTurn"/> is another one, though no row and no member
    /// changed; null when none is.
    /// </summary>
    public Instant? TurnsAt { get; private set; }

    public void ForgetTurn() => TurnsAt = null;

    public static ObjectName NameOf(string node) => new(NodeKind.Kind, "", node);

    public void Forget(NodeId node) => settings.Remove(node);

    public NodeSettings SettingsOf(NodeId node)
    {
        if (settings.TryGetValue(node, out var known)) return known;
        if (members.Find(node) is not { } member) return new NodeSettings(Labels.Empty, [], false);
        var (labels, taints, unschedulable) = (member.Card.Labels, member.Card.Taints, false);
        if (labels[HostnameLabel] is null) labels = labels.With(Labels.Of((HostnameLabel, member.Name)));
        if (catalog.Find(NameOf(member.Name)) is { } operators)
        {
            if (!operators.Json(Fields.Labels).IsEmpty) labels = labels.With(ReadLabels(operators.Json(Fields.Labels)));
            if (!operators.Json("spec.taints").IsEmpty) taints = [.. taints.Concat(TaintReader.Read(operators.Json("spec.taints"))).Distinct()];
            unschedulable = operators.Json("spec.unschedulable").Span.SequenceEqual("true"u8);
        }
        return settings[node] = new NodeSettings(labels, taints.IsDefault ? [] : taints, unschedulable);
    }

    /// <summary>
    /// Whether a node answers for its admissions: while it is live, and once it is dead until the grace is over; not
    /// at all after it left. A stranger (its admission came before its member record, or long after it was forgotten)
    /// has the grace and the time that a restarted node waits for its peers, from when it was first looked for.
    /// </summary>
    /// <param name="ownGrace">The pod's own; null for the cluster's.</param>
    public bool Answers(NodeId node, TimeSpan? ownGrace, Instant now)
    {
        var grace = ownGrace ?? timings.LossGrace;
        var member = members.Find(node);
        if (member is null)
        {
            if (!strangersSince.TryGetValue(node, out var since)) strangersSince.Add(node, since = now);
            return IsBefore(since + timings.SyncWait + grace, now);
        }
        strangersSince.Remove(node);
        return member.IsLive || member.State == MemberState.Dead && IsBefore(member.Since + grace, now);
    }

    /// <summary>
    /// An admission from before its node's restart does not tell yet what became of the pod: with the power it may have gone,
    /// and with the disk the node may have forgotten it.
    /// </summary>
    public bool IsOutdated(Admission admission, Instant now) =>
        members.Find(admission.Node) is { } member && admission.AdmittedAt.UnixMilliseconds / 1000 <= (long)member.Incarnation.Boot
        && IsBefore(member.Since + timings.Comeback, now);

    bool IsBefore(Instant end, Instant now)
    {
        if (now >= end) return false;
        if (TurnsAt is null || end < TurnsAt) TurnsAt = end;
        return true;
    }

    /// <summary>None for what is no map of labels.</summary>
    internal static Labels ReadLabels(ReadOnlyMemory<byte> json) => Selector.TryRead(json, out _) is { Terms.IsEmpty: true } map ? map.Pairs : Labels.Empty;
}

/// <param name="Labels">Card and operator together.</param>
/// <param name="Unschedulable">Cordoned.</param>
sealed record NodeSettings(Labels Labels, ImmutableArray<Taint> Taints, bool Unschedulable);
