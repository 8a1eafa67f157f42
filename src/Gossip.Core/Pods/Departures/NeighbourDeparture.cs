using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// Rules between pods are checked when a node bids, by what it knows; two nodes that bid at once, or on two sides of a partition,
/// may each admit what the other's admission forbids. So whenever admissions of others are seen for the first time, the own pods
/// are checked again for a while, and the one that came later makes way.
/// </summary>
sealed class NeighbourDeparture(NodeConfig config, SlotTable slots, PlacedPods placed, Hearsay hearsay, IMemberList members)
{
    readonly PlacementJudge placement = new(slots, placed, hearsay, members);
    ulong seenNews;
    Instant settledAt;
    bool isDue;

    /// <summary>For checkers: the last that made way.</summary>
    public PodRun? MadeWay { get; private set; }

    /// <summary>So long after the last news the copies that a heal left over are gone, and what makes way has its new place.</summary>
    TimeSpan Settling => 3 * config.Timings.Comeback;

    /// <summary>A slot changed: admissions that are new here start the checks.</summary>
    public void OnSlot(Turn turn)
    {
        if (placed.News == seenNews) return;
        seenNews = placed.News;
        settledAt = turn.Monotonic + Settling;
        CheckSoon(turn);
    }

    /// <summary>The timer that was set for the next check is due: every pod is to be judged, and then <see cref="Checked"/>.</summary>
    public void OnDue() => isDue = false;

    /// <summary>Every pod was judged: once more before long, unless all has settled.</summary>
    public void Checked(Turn turn)
    {
        if (turn.Monotonic < settledAt) CheckSoon(turn);
    }

    public Departure? Judge(KeptPod pod, Turn turn)
    {
        if (pod.Stage == PodStage.Stopping || pod.Admission.Row is not { } row) return null;
        if (slots.Find(pod.Run.Pod) is not { Rules.IsHard: true } slot) return null;
        if (PodJudge.First(slot, members) is not { } first || first.Uid != row) return null; // not ours, or one that drains before long
        var verdict = placement.Judge(slot, first, config.Timings.Comeback, turn.Monotonic);
        if (verdict.Waits) settledAt = turn.Monotonic + Settling;
        if (verdict.Reason is null) return null;
        MadeWay = pod.Run;
        return new Departure(PodReasons.TopologyConflict, verdict.Reason);
    }

    void CheckSoon(Turn turn)
    {
        if (isDue) return;
        isDue = true;
        turn.Wake(PodTicks.For(PodTicks.RecheckDue), config.Timings.GossipInterval);
    }
}
