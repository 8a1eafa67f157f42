using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.View;

namespace Gossip.Core.Explain;

/// <summary>
/// Says of pending pods what keeps them from every node, by the same filters with which an auctioneer looks for
/// candidates, and where those pass by what the nodes themselves answered in the last round. Pods of one template share
/// the work, so a view with ten thousand alike pending pods costs one look at every node. Thread-safe; made on demand,
/// away from the node's loop.
/// </summary>
sealed class Diagnoses(ClusterView view)
{
    sealed record Found(Diagnosis Diagnosis, HashSet<NodeId> Fitting);

    readonly Dictionary<PodTemplate, Found> known = new(ReferenceEqualityComparer.Instance);
    readonly Lock gate = new();
    Board? board;

    /// <summary>Null for a pod that runs, has run, or waits for its gates or its PriorityClass.</summary>
    public Diagnosis? Of(PodView pod)
    {
        if (pod.Standing is not null || pod.Phase != PodPhase.Pending || !pod.Template.SchedulingGates.IsEmpty || LacksClass(pod.Template)) return null;
        lock (gate)
        {
            board ??= new Board(view);
            if (board.Find(pod.Id) is not { } slot) return null;
            if (!known.TryGetValue(slot.Template, out var found)) known.Add(slot.Template, found = Look(slot, board));
            return pod.HasFailedScheduling && pod.Gang.Length == 0 ? Correct(found, pod.Summary!) : found.Diagnosis; // of a gang, what refused may have been held for its other pods
        }
    }

    bool LacksClass(PodTemplate pod) => pod.PriorityClassName.Length > 0 && PriorityClass.BuiltIn(pod.PriorityClassName) is null
        && !view.Objects.Any(held => held.Name == new ObjectName(PriorityClassKind.Kind, "", pod.PriorityClassName) && !held.Deleting);

    /// <summary>The nodes that refuse a pod as the board stands.</summary>
    internal static Diagnosis Of(Slot slot, Board board) => Look(slot, board).Diagnosis;

    static Found Look(Slot slot, Board board)
    {
        var fitting = new HashSet<NodeId>();
        var tellers = new Dictionary<(int Filter, string Cause), Teller>();
        foreach (var node in board.Nodes)
        {
            if (Filtering.Object(slot.Template, board.Facts(node, slot)) is not { } objection)
            {
                fitting.Add(node.Member.Id);
                continue;
            }
            var key = (objection.Filter, objection.Verdict.Cause!);
            if (!tellers.TryGetValue(key, out var teller)) tellers.Add(key, teller = new Teller());
            teller.Count(node.Member.Name, objection);
        }
        ImmutableArray<RefusalGroup> groups =
        [
            .. tellers.OrderByDescending(told => told.Key.Filter).ThenByDescending(told => told.Value.Nodes).ThenBy(told => told.Key.Cause, StringComparer.Ordinal)
                .Select(told => told.Value.ToGroup(told.Key.Cause)),
        ];
        var hopeless = Contradiction.Of(slot.Template) ?? AffinityCircle.Of(slot, board.Slots) ?? "";
        return new Found(new Diagnosis(board.Nodes.Length, fitting.Count, groups, hopeless), fitting);
    }

    /// <summary>Nodes that look feasible from here and refused by their own books: those know.</summary>
    static Diagnosis Correct(Found found, RoundSummary round)
    {
        var refused = round.Answers.Where(answer => !answer.IsBid && found.Fitting.Contains(answer.Node))
            .GroupBy(answer => PendingReason.Short(answer.Why), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new RefusalGroup($"refused when asked: {group.Key}", group.Count(), "", "")).ToArray();
        return refused.Length == 0 ? found.Diagnosis : found.Diagnosis with
        {
            Fit = found.Diagnosis.Fit - refused.Sum(group => group.Nodes),
            Refusals = [.. refused, .. found.Diagnosis.Refusals],
        };
    }

    /// <summary>Counts the nodes of one cause and keeps the nearest: with the fewest other objections, then by the least.</summary>
    sealed class Teller
    {
        (int Others, long Miss) least = (int.MaxValue, long.MaxValue);
        string nearest = "", near = "";

        public int Nodes { get; private set; }

        public void Count(string node, in FirstObjection objection)
        {
            Nodes++;
            if (objection.Verdict.Near is not { } words || (objection.Others, objection.Verdict.Miss).CompareTo(least) >= 0) return;
            (least, nearest, near) = ((objection.Others, objection.Verdict.Miss), node, words);
        }

        public RefusalGroup ToGroup(string cause) => new(cause, Nodes, nearest, near);
    }
}
