using Gossip.Core.Leases;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Pods;

/// <summary>
/// The life of every pod that this node admitted: prepares, starts, probes, restarts, drains, stops, and says how it does.
/// Driven by levels, not edges: whatever changes, each pod is judged anew by its rows and brought one step nearer to what they
/// say. A pod counts in the books until its runtime says that nothing of it is left. (Source: the kubelet's pod workers.)
/// </summary>
/// <remarks>
/// By file: here what the rows say; <c>Adoption</c> what an earlier life left; <c>Reports</c> what runtimes tell;
/// <c>Life</c> the next step of a pod; <c>Probes</c>, <c>Ends</c>, <c>Lost</c> and <c>Telling</c> as they are named. Inputs: slots, <see cref="PodReport"/>s. Outputs: <see cref="PodCommand"/>s, edits and removals of own admissions, facts of slots.
/// </remarks>
sealed partial class PodKeeper : INodePart, IMemberObserver, ISlotObserver, IReportObserver
{
    /// <summary>Subjects of <see cref="NodeTimerKind.PodTick"/>.</summary>
    const ulong SyncWaitOver = 0, TellDue = 1, JudgeDue = 2, DependenciesDue = 3, RecheckDue = 4;

    readonly NodeConfig config;
    readonly SlotTable slots;
    readonly IMemberList members;
    readonly ITables tables;
    readonly IRowWriter writer;
    readonly Bidder bidder;
    readonly NodeId self;
    readonly INodeTrace? trace;
    readonly Dictionary<PodRun, KeptPod> kept = [];
    readonly Dictionary<PodId, List<KeptPod>> byPod = [];
    readonly Dictionary<ulong, KeptPod> byNumber = [];
    readonly HashSet<Uid> removing = []; // on their way to the log; never enumerated
    readonly Dependencies dependencies;
    ulong numbers;
    bool judgeDue;
    bool leaving;

    public PodKeeper(NodeConfig config, SlotTable slots, IMemberList members, ITables tables, IRowWriter writer, Bidder bidder, Outbox outbox, INodeTrace? trace = null)
    {
        this.config = config;
        this.slots = slots;
        this.members = members;
        this.tables = tables;
        this.writer = writer;
        this.bidder = bidder;
        self = config.Card.Id;
        dependencies = new Dependencies(slots, members);
        placement = new PlacementJudge(slots, members);
        leases = new LeaseHolder(config, slots, members, outbox);
        configObjects = new ConfigObjects(slots.Objects);
        this.trace = trace;
    }

    /// <summary>A slot changed: start what this node admitted, stop what it should not run any more.</summary>
    public void OnSlot(PodId pod, Turn turn)
    {
        if (!hasBegun) return;
        NoteNeighbours(turn);
        var slot = slots.Find(pod);
        if (slot is not null)
        {
            foreach (var admission in slot.Admissions)
                if (admission.Node == self) Place(admission, slot, turn);
        }
        else
        {
            foreach (var admission in slots.AdmissionsOf(self).ToArray())
                if (admission.Run.Pod == pod) Place(admission, null, turn);
        }
        LookAtGang(slot, turn);
        if (!byPod.TryGetValue(pod, out var ours)) return;
        foreach (var each in ours.ToArray()) Judge(each, slot, turn);
    }

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.LeaseReply];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.PodDue, NodeTimerKind.PodDeadline, NodeTimerKind.PodTick];

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.PodTick when timer.Subject == SyncWaitOver:
                OnSyncWaitOver(turn);
                break;
            case NodeTimerKind.PodTick when timer.Subject == JudgeDue:
                judgeDue = false;
                foreach (var pod in kept.Values.ToArray()) Judge(pod, slots.Find(pod.Run.Pod), turn);
                break;
            case NodeTimerKind.PodTick when timer.Subject == RecheckDue:
                OnRecheckDue(turn);
                break;
            case NodeTimerKind.PodTick when timer.Subject == DependenciesDue:
                OnDependenciesDue(turn);
                break;
            case NodeTimerKind.PodTick:
                tellDue = false;
                foreach (var pod in kept.Values) Tell(pod, turn);
                break;
            case NodeTimerKind.PodDue:
                if (byNumber.TryGetValue(timer.Subject, out var due)) OnAlarm(due, timer.Epoch, turn);
                break;
            case NodeTimerKind.PodDeadline:
                if (byNumber.TryGetValue(timer.Subject, out var outranking)) OnUnreadyLongEnough(outranking, timer.Epoch, turn);
                break;
        }
    }

    /// <summary>This node leaves: everything that runs here ends gracefully; others may have it already.</summary>
    public void OnLeave(Turn turn)
    {
        leaving = true;
        foreach (var pod in kept.Values.ToArray()) Stop(pod, turn);
    }

    /// <summary>Brings one pod a step nearer to what its rows say.</summary>
    void Judge(KeptPod pod, Slot? slot, Turn turn)
    {
        if (pod.Stage == PodStage.Stopping) return;
        if (pod.Row is { } row && tables.Find(row) is null)
        {
            pod.Row = null; // somebody took the admission out
            Stop(pod, turn);
            return;
        }
        if (slot is null)
        {
            // Without a slot its workload is gone, or has not arrived yet: only the context can tell the two apart.
            if (tables.Covers(pod.Run.Pod.Workload)) Stop(pod, turn);
            return;
        }
        if (PodJudge.IsOver(slot, pod.Run.Epoch))
        {
            if (slot.IsEvicted(pod.Run.Epoch)) NoteEvicted(pod, turn.Now);
            Stop(pod, turn);
            return;
        }
        if (pod.Row is null)
        {
            if (pod.LostAt is null) Readmit(pod, slot, turn);
            return;
        }
        if (Find(slot, pod.Row.Value) is not { } ours) return;
        ours = ours with { Status = pod.Told };
        var drains = PodJudge.DrainsAt(slot, ours, members, Patience, config.Planted);
        if (drains > turn.Monotonic) JudgeAgainAt(drains.Value, turn);
        pod.Draining |= drains <= turn.Monotonic;
        if (pod.Draining)
        {
            Stop(pod, turn);
            return;
        }
        WatchFirst(pod, slot, ours, turn);
        Advance(pod, turn);
    }

    TimeSpan Patience => config.Timings.Comeback;

    void JudgeAgainAt(Instant at, Turn turn)
    {
        if (judgeDue) return;
        judgeDue = true;
        turn.Wake(new NodeTimer(NodeTimerKind.PodTick, JudgeDue), at - turn.Monotonic);
    }

    /// <summary>Nothing of it is left: its room is free, and its admission goes.</summary>
    void Forget(KeptPod pod, Turn turn)
    {
        kept.Remove(pod.Run);
        byNumber.Remove(pod.Number);
        var same = byPod[pod.Run.Pod];
        same.Remove(pod);
        if (same.Count == 0) byPod.Remove(pod.Run.Pod);
        if (!pod.Template.DependsOn.IsEmpty) dependents--;
        if (pod.AwaitsGangSince is not null) awaitingGang.Remove(pod);
        EndLease(pod, turn);
        if (pod.Row is { } row) Withdraw(row, turn);
        FreeRoom(pod.Run, turn);
    }

    void Withdraw(Uid admission, Turn turn)
    {
        if (tables.Find(admission) is null || !removing.Add(admission)) return;
        writer.Remove(admission, turn, (removed, _) => removing.Remove(removed));
    }

    KeptPod Keep(PodRun run, PodTemplate template, PodStage stage)
    {
        var pod = new KeptPod
        {
            Run = run,
            Template = template,
            Number = ++numbers,
            Stage = stage,
            Containers = [.. template.AllContainers.Select(spec => new KeptContainer(spec))],
        };
        pod.Waits(pod.Creating, "");
        if (!template.DependsOn.IsEmpty) dependents++;
        kept.Add(run, pod);
        byNumber.Add(pod.Number, pod);
        if (!byPod.TryGetValue(run.Pod, out var same)) byPod.Add(run.Pod, same = []);
        same.Add(pod);
        return pod;
    }

    /// <summary>Ready, while another comes first and is not: once that has lasted, ours takes the lead.</summary>
    void WatchFirst(KeptPod pod, Slot slot, Admission ours, Turn turn)
    {
        if (!pod.IsReady || PodJudge.First(slot, members) is not { } first || first.Uid == ours.Uid || first.Status.Ready || !first.Precedes(ours))
        {
            pod.OutrankFrom = null;
            return;
        }
        if (pod.OutrankFrom is not null && pod.OutrankWhom == first.Uid) return;
        pod.OutrankFrom = turn.Monotonic;
        pod.OutrankWhom = first.Uid;
        turn.Wake(new NodeTimer(NodeTimerKind.PodDeadline, pod.Number, (ulong)turn.Monotonic.Ticks), config.Timings.UnreadyBeforeOutranked);
    }

    void OnUnreadyLongEnough(KeptPod pod, ulong since, Turn turn)
    {
        if (pod.OutrankFrom is not { } from || (ulong)from.Ticks != since) return; // it became ready meanwhile, or another came first
        if (slots.Find(pod.Run.Pod) is not { } slot) return;
        pod.OutrankFrom = null;
        pod.Rank = PodJudge.RankToLead(slot);
        Tell(pod, turn);
    }

    static Admission? Find(Slot slot, Uid row)
    {
        foreach (var admission in slot.Admissions)
            if (admission.Uid == row) return admission;
        return null;
    }
}
