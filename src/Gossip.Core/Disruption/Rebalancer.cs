using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;

namespace Gossip.Core.Disruption;

/// <summary>
/// Evens out what has become uneven, with pods that allow it (annotation <c>gossip.dev/rebalance</c>): a node is back and
/// empty, or one stays far fuller than another. Only the fullest node acts, so there is one mover in the cluster without
/// anybody being elected; it gives up one pod a period, through the keeper of its budget, and only for a node that is
/// still clearly less full once it has the pod. So each move lowers the greatest load, nothing goes to and fro, and it
/// ends. Hearsay does not know all: the node that was meant may refuse (its host port is taken), and the auction puts the pod
/// elsewhere. So a node that gave a pod up keeps it for a long while if it comes back, each time for longer. (Like the descheduler's LowNodeUtilization; each step is one of Cybenko's diffusion to the least loaded, 1989.)
/// </summary>
/// <remarks>Inputs: capacities by hearsay, own books, the timer RebalanceDue. Outputs: evictions of own pods.</remarks>
sealed class Rebalancer(
    NodeConfig config, SlotTable slots, PlacedPods placed, Hearsay hearsay, IMemberList members, Books books, MoveReasons reasons,
    Evictor evictor) : INodePart
{
    /// <summary>Thousandths of the scarcer of cpu and memory, before a move, and after it.</summary>
    const int GapLeast = 250, GapLeft = 50;

    /// <summary>A hot spot lasts when it was one so many times in a row.</summary>
    const int PeriodsLeast = 3;

    /// <summary>Of all nodes only the emptiest few are looked at.</summary>
    const int TargetsMost = 8;

    /// <summary>Periods for which a pod stays that came back.</summary>
    const int StaysFor = 60;

    readonly PodMover mover = new(reasons, evictor);
    readonly MovedPods moved = new(StaysFor * config.Timings.RebalancePeriod);
    readonly List<(int Load, Member Member)> targets = [];
    int periods;

    /// <summary>Pods that were moved by this life of the node.</summary>
    internal int Moves => moved.Count;

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.RebalanceDue];

    public void Start(Turn turn) => Wake(turn);

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        Wake(turn);
        if (mover.IsMoving) return;
        if (!IsFullest() || Choose(turn.Now) is not { } move)
        {
            periods = 0;
            return;
        }
        if (++periods < PeriodsLeast) return;
        var (pod, to) = move;
        periods = 0;
        var why = string.Create(
            CultureInfo.InvariantCulture, $"this node is {LoadOfSelf()}/1000 full, {to.Name} {Load(hearsay.Of(to, default))}/1000");
        mover.Move(pod, why, turn, moved);
    }

    void Wake(Turn turn) => turn.Wake(new NodeTimer(NodeTimerKind.RebalanceDue), config.Timings.RebalancePeriod);

    /// <summary>No live node is fuller, as far as this one has heard.</summary>
    bool IsFullest()
    {
        var own = LoadOfSelf();
        foreach (var member in members.Live)
            if (member.Id != members.Self && Load(hearsay.Of(member, default)) is var load && (load > own || load == own && member.Id.CompareTo(members.Self) > 0)) return false;
        return true;
    }

    /// <summary>Which pod is to go, and a node that is to have room for it: the pair that leaves the fuller of the two the least full. Null when nothing is gained.</summary>
    (PodRun Pod, Member To)? Choose(Now now)
    {
        var own = LoadOfSelf();
        FindTargets(own);
        (PodRun, Member)? best = null;
        var least = own - GapLeft;
        if (targets.Count == 0) return best;
        foreach (var admission in slots.AdmissionsOf(members.Self))
        {
            if (!admission.Status.Ready || slots.Find(admission.Run.Pod) is not { IsDesired: true, Template.MayMove: true, Gang: null } slot) continue;
            if (slots.Standing(slot, now.Monotonic)?.Uid != admission.Uid || slot.Admissions.Length != 1) continue;
            if (moved.Stays(admission.Run.Pod, now.Monotonic)) continue;
            foreach (var (_, member) in targets)
            {
                var facts = hearsay.Of(member, placed.Around(slot));
                var with = 1000 - LeastLeft(facts, facts.Free - slot.Template.Requests);
                if (with >= least || !Filtering.Passes(slot.Template, facts)) continue;
                least = with;
                best = (admission.Run, member);
            }
        }
        return best;
    }

    void FindTargets(int own)
    {
        targets.Clear();
        foreach (var member in members.Live)
        {
            if (member.Id == members.Self) continue;
            var load = Load(hearsay.Of(member, default));
            if (own - load < GapLeast) continue;
            targets.Add((load, member));
        }
        targets.Sort((a, b) => a.Load != b.Load ? a.Load.CompareTo(b.Load) : a.Member.Id.CompareTo(b.Member.Id));
        if (targets.Count > TargetsMost) targets.RemoveRange(TargetsMost, targets.Count - TargetsMost);
    }

    int LoadOfSelf() => members.Find(members.Self) is { } self ? 1000 - LeastLeft(hearsay.Of(self, default), books.Free) : 0;

    static int Load(in NodeFacts node) => 1000 - LeastLeft(node, node.Free);

    static int LeastLeft(in NodeFacts node, in Resources free) => Math.Min(
        LeastAllocatedScore.Share(free.Cpu.Value, node.Allocatable.Cpu.Value), LeastAllocatedScore.Share(free.Memory.Value, node.Allocatable.Memory.Value));
}
