using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// Rules between pods are checked when a node bids, by what it knows; two nodes that bid at once, or on two sides of a
// partition, may each admit what the other's admission forbids. So whenever admissions of others are seen for the first
// time, the own pods are checked again for a while, and the one that came later makes way.
sealed partial class PodKeeper
{
    /// <summary>Of the status of a pod that makes way.</summary>
    internal const string MakesWay = PodReasons.TopologyConflict;

    readonly PlacementJudge placement;
    ulong seenNews;
    Instant settledAt;
    bool recheckDue;

    /// <summary>So long after the last news the copies that a heal left over are gone, and what makes way has its new place.</summary>
    TimeSpan Settling => 3 * Patience;

    /// <summary>For checkers: it was not wanted where it is, and is elsewhere soon.</summary>
    internal bool IsMakingWay(PodRun run) => kept.TryGetValue(run, out var pod) && pod.Reason is MakesWay or IsTaintedOut or Preempted or LeaseLost or IsAlone;

    /// <summary>For checkers: the last that made way.</summary>
    internal PodRun? MadeWay { get; private set; }

    void NoteNeighbours(Turn turn)
    {
        if (slots.Placed.News == seenNews) return;
        seenNews = slots.Placed.News;
        settledAt = turn.Monotonic + Settling;
        RecheckSoon(turn);
    }

    void RecheckSoon(Turn turn)
    {
        if (recheckDue) return;
        recheckDue = true;
        turn.Wake(new NodeTimer(NodeTimerKind.PodTick, RecheckDue), config.Timings.GossipInterval);
    }

    void OnRecheckDue(Turn turn)
    {
        recheckDue = false;
        foreach (var pod in kept.Values.ToArray()) Recheck(pod, turn);
        if (turn.Monotonic < settledAt) RecheckSoon(turn);
    }

    void Recheck(KeptPod pod, Turn turn)
    {
        if (config.Planted == PlantedBug.ConflictIgnored) return;
        if (pod.Stage == PodStage.Stopping || pod.Row is not { } row || slots.Find(pod.Run.Pod) is not { Rules.IsHard: true } slot) return;
        if (PodJudge.First(slot, members) is not { } first || first.Uid != row) return; // not ours, or one that drains before long
        var verdict = placement.Judge(slot, first, Patience, turn.Monotonic);
        if (verdict.Waits) settledAt = turn.Monotonic + Settling;
        if (verdict.Reason is null) return;
        MadeWay = pod.Run;
        pod.Draining = true;
        (pod.Reason, pod.Message) = (MakesWay, verdict.Reason);
        Stop(pod, turn);
    }
}
