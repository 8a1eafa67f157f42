using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;

namespace Gossip.Core.Disruption;

/// <summary>
/// Keeps pods spread that spread first (annotation <c>gossip.dev/spread: first</c>): nodes came, or heard of the pods late. Of the nodes
/// that have the most of a template's pods only the one of least id gives one up, and only for a node that will have fewer even with
/// it. So each move lowers the sum of the squares of the counts, which is what ends it. It goes through the keeper of the pod's budget.
/// </summary>
/// <remarks>
/// Inputs: slots, members, capacities by hearsay, the timer SpreadDue, which runs only while such pods are here. Outputs: evictions of own
/// pods.
/// </remarks>
sealed class Spreader(
    NodeConfig config, SlotTable slots, PlacedPods placed, Hearsay hearsay, IMemberList members, MoveReasons reasons,
    Evictor evictor)
    : INodePart, ISlotObserver
{
    /// <summary>Unevenness lasts when it was seen so many times in a row: a pod that is on its way shows in one look.</summary>
    const int LooksLeast = 2;

    /// <summary>Looks for which a pod stays that came back.</summary>
    const int StaysFor = 120;

    readonly PodMover mover = new(reasons, evictor);
    readonly MovedPods moved = new(StaysFor * Period(config.Timings));
    readonly Dictionary<(Uid Workload, ulong Template), int> uneven = []; // looks in a row
    readonly List<(Uid Workload, ulong Template)> templates = [];
    bool isWatching;

    /// <summary>Pods that were moved by this life of the node.</summary>
    internal int Moves => moved.Count;

    /// <summary>An eighth of the rebalancing period (2.5 s by default): which pods are where is known exactly, loads are not.</summary>
    static TimeSpan Period(NodeTimings timings) => timings.RebalancePeriod / 8;

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.SpreadDue];

    public void OnSlot(PodId pod, Turn turn)
    {
        if (isWatching || slots.Find(pod) is not { Template.SpreadsFirst: true } slot) return;
        foreach (var admission in slot.Admissions)
            if (admission.Node == members.Self)
            {
                Wake(turn);
                return;
            }
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        isWatching = false;
        FindTemplates();
        if (templates.Count > 0) Wake(turn);
        foreach (var known in uneven.Keys.ToArray())
            if (!templates.Contains(known)) uneven.Remove(known);
        foreach (var template in templates) Look(template, turn);
    }

    void Wake(Turn turn)
    {
        isWatching = true;
        turn.Wake(new NodeTimer(NodeTimerKind.SpreadDue), Period(config.Timings));
    }

    /// <summary>Those that have pods here, in order of their admissions.</summary>
    void FindTemplates()
    {
        templates.Clear();
        foreach (var admission in slots.AdmissionsOf(members.Self))
            if (slots.Find(admission.Run.Pod) is { IsDesired: true, Template.SpreadsFirst: true, Rules: not null }
                && KeyOf(admission) is var key && !templates.Contains(key))
                templates.Add(key);
    }

    void Look((Uid Workload, ulong Template) template, Turn turn)
    {
        var choice = Choose(template, turn.Now);
        if (choice is null)
        {
            uneven.Remove(template);
            return;
        }
        var looks = uneven[template] = uneven.GetValueOrDefault(template) + 1;
        var (run, to, isOurs) = choice.Value;
        if (looks < LooksLeast || !isOurs || mover.IsMoving) return;
        mover.Move(run, $"to spread the pods of its workload: {to.Name} has fewer", turn, moved);
    }

    /// <summary>
    /// A pod that may go, the node that is to have it, and whether this node is the one to give a pod up; null while all is even.
    /// </summary>
    (PodRun Run, Member To, bool IsOurs)? Choose((Uid Workload, ulong Template) template, Now now)
    {
        if (Movable(template, now) is not { } slot) return null;
        var around = placed.Around(slot);
        var self = members.Find(members.Self)!;
        var own = SpreadCount.Of(slot.Rules, hearsay.Of(self, around)); // without the pod itself
        var itself = SpreadCount.Constraints(slot.Rules);
        Member? target = null;
        var (least, isOurs) = (int.MaxValue, true);
        foreach (var member in members.Live)
        {
            if (member.Id == members.Self) continue;
            var facts = hearsay.Of(member, around);
            var count = SpreadCount.Of(slot.Rules, facts);
            // One that has only just come says before it has looked around that it takes pods, and then refuses them for a while.
            if (count < least && count < own && now.Monotonic - member.Since >= config.Timings.Comeback
                && Filtering.Passes(slot.Template, facts))
                (target, least) = (member, count);
            // Ours is without the pod itself, which each constraint counts once.
            if (count < SpreadCount.Nowhere && (count > own + itself || count == own + itself && member.Id.CompareTo(members.Self) < 0)
                && Has(member, template))
                isOurs = false;
        }
        return target is null ? null : (slots.Standing(slot, now.Monotonic)!.Run, target, isOurs);
    }

    /// <summary>The pod of greatest ordinal that runs well here and nowhere else.</summary>
    Slot? Movable((Uid Workload, ulong Template) template, Now now)
    {
        Slot? last = null;
        foreach (var admission in slots.AdmissionsOf(members.Self))
        {
            if (KeyOf(admission) != template || !admission.Status.Ready) continue;
            if (slots.Find(admission.Run.Pod) is not { IsDesired: true, Gang: null, Rules: not null, Template.IsSingleton: false } slot
                || slot.Admissions.Length != 1)
                continue;
            if (slots.Standing(slot, now.Monotonic)?.Uid != admission.Uid || moved.Stays(slot.Id, now.Monotonic)) continue;
            if (last is null || slot.Id.Ordinal > last.Id.Ordinal) last = slot;
        }
        return last;
    }

    bool Has(Member member, (Uid Workload, ulong Template) template)
    {
        foreach (var admission in slots.AdmissionsOf(member.Id))
            if (KeyOf(admission) == template && admission.Status.Ready) return true;
        return false;
    }

    static (Uid Workload, ulong Template) KeyOf(Admission admission) => (admission.Run.Pod.Workload, admission.Run.Pod.Template);
}
