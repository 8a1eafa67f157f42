using Gossip.Core.Leases;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Pods.Recovery;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Pods;

/// <summary>
/// Answers for every pod that this node admitted: it is prepared, started, probed, restarted, drained and stopped, and its admission
/// says how it does. Driven by levels, not edges: whatever changes, each pod that it may concern is looked at anew
/// (<see cref="PodSteps"/>) and brought one step nearer to what its rows say. A pod counts in the books until its runtime says that
/// nothing of it is left. (Source: the kubelet's pod workers.)
/// </summary>
/// <remarks>
/// Here is only who is to be looked at when. What a pod waits for is in <c>StartGates</c>, why it leaves in <c>Departures</c>, how it
/// ends in <c>Ending</c>, what an earlier life or a lost engine left of it in <c>Recovery</c>. Inputs: slots, members, taints,
/// <see cref="PodReport"/>s. Outputs: <see cref="PodCommand"/>s, edits and removals of own admissions, facts of slots.
/// </remarks>
sealed class PodKeeper : INodePart, IMemberObserver, ISlotObserver, IReportObserver
{
    readonly SlotTable slots;
    readonly OwnRoom room;
    readonly INodeTrace? trace;
    readonly NodeId self;
    readonly KeptPods kept = new();
    readonly PodRows rows;
    readonly LostRuntimes lost;
    readonly PodLeases leases;
    readonly PodConfiguration configuration;
    readonly PodRules rules;
    readonly DependencyWatch dependencies;
    readonly ContainerStarter containers;
    readonly Beginning beginning;
    readonly AwaitedWorkloads awaited;
    readonly Adoption adoption;
    readonly Survivors survivors;
    readonly RuntimeReturn returns;
    readonly PodSteps steps;
    readonly PodReports reports;

    public PodKeeper(
        NodeConfig config, SlotTable slots, PlacedPods placed, Hearsay hearsay, IMemberList members, ITables tables, IRowWriter writer,
        OwnRoom room, MoveReasons moves, LeaseHolder leaseHolder, INodeTrace? trace = null)
    {
        this.slots = slots;
        this.room = room;
        this.trace = trace;
        self = config.Card.Id;
        rows = new PodRows(slots, tables, writer);
        lost = new LostRuntimes(config.Timings, rows);
        leases = new PodLeases(leaseHolder);
        configuration = new PodConfiguration(config, slots, room);
        var services = new Dependencies(slots, members);
        rules = new PodRules(config, slots, placed, hearsay, members, room, moves, leases, lost, services, configuration);
        dependencies = new DependencyWatch(config.Timings, slots, services);
        containers = new ContainerStarter(config, leases, configuration);
        beginning = new Beginning(config.Timings, members, tables);
        awaited = new AwaitedWorkloads(tables);
        adoption = new Adoption(slots, members, writer, room, kept, rows, awaited);
        survivors = new Survivors(kept, room, slots, self);
        steps = new PodSteps(
            config, slots, tables, room, kept, rows, rules, lost, beginning, adoption, awaited, containers, dependencies, configuration);
        returns = new RuntimeReturn(config, kept, survivors, containers, steps.Ender);
        reports = new PodReports(config.Timings, kept, steps, containers, leases, rows, beginning);
    }

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.LeaseReply];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.PodDue, NodeTimerKind.PodDeadline, NodeTimerKind.PodTick];

    /// <summary>The tables have been compared with a peer's, or there is no peer.</summary>
    public bool HasSynced => beginning.HasSynced;

    /// <summary>Nothing of any pod is left here that this node answers for.</summary>
    public bool HasNothing => kept.Values.Count == 0;

    /// <summary>For checkers: the pod was not wanted where it is, and is elsewhere soon.</summary>
    internal bool IsMakingWay(PodRun run) => kept.Find(run) is
    {
        Reason: PodReasons.TopologyConflict or PodReasons.TaintedOut or PodReasons.Preempted or PodReasons.LeaseLost or PodReasons.Alone
            or PodReasons.OutgrewNode
    };

    /// <summary>For checkers: the last that made way for a neighbour.</summary>
    internal PodRun? MadeWay => rules.Neighbours.MadeWay;

    public void Start(Turn turn)
    {
        adoption.Start();
        beginning.Start(turn);
    }

    /// <summary>The first session with a peer is over: the tables may be believed.</summary>
    public void OnSynced(Turn turn)
    {
        if (beginning.Synced()) Begin(turn);
    }

    /// <summary>A slot changed: start what this node admitted, stop what it should not run any more.</summary>
    public void OnSlot(PodId pod, Turn turn)
    {
        if (!beginning.HasBegun) return;
        rules.Neighbours.OnSlot(turn);
        var slot = slots.Find(pod);
        if (slot is not null)
        {
            foreach (var admission in slot.Admissions)
                if (admission.Node == self) adoption.Place(admission, slot, turn);
        }
        else
        {
            foreach (var admission in slots.AdmissionsOf(self).ToArray())
                if (admission.Run.Pod == pod) adoption.Place(admission, null, turn);
        }
        foreach (var waiting in rules.Gang.AwaitingGangOf(slot)) steps.Advance(waiting, turn);
        foreach (var run in kept.RunsOf(pod)) steps.Judge(run, slot, turn);
    }

    /// <summary>A ConfigMap or Secret came, changed or went: pods that wait for it or have its files are looked at.</summary>
    public void OnConfig(ObjectName changed, Turn turn)
    {
        foreach (var pod in kept.All)
            if (configuration.IsTouched(pod, changed, turn)) steps.Advance(pod, turn);
    }

    /// <summary>Somebody came or went.</summary>
    public void OnMember(in MemberChange change, Turn turn)
    {
        if (!rules.Alone.HasChanged(change, turn)) return;
        foreach (var pod in kept.All)
            if (pod.Template.StopsAlone) steps.Advance(pod, turn);
    }

    /// <summary>A voter answers.</summary>
    public void OnMessage(in Message message, Turn turn)
    {
        if (leases.OnReply(message) is { } run && kept.Find(run) is { } pod) steps.Advance(pod, turn);
    }

    /// <summary>Some may have to make way: the victims' end goes to the log before the admission that needs it.</summary>
    public void OnCommands(Turn turn)
    {
        if (room.Preemptions.TakeAsked() is not { } preemption) return;
        foreach (var victim in preemption.Victims)
        {
            var pod = kept.Find(victim)!;
            steps.Ender.Depart(pod, PreemptionDeparture.Judge(pod, preemption), turn);
            trace?.OnPreempted(preemption.By, victim);
        }
        room.Preemptions.Perform(preemption);
    }

    public void OnReport(PodReport report, Turn turn)
    {
        switch (report)
        {
            case PodsSurvived survived:
                foreach (var survivor in survived.Pods)
                    if (kept.Find(survivor.Launch.Pod) is null) survivors.Keep(survivor, turn);
                if (beginning.SurvivorsKnown()) Begin(turn);
                break;
            case RuntimeLost gone:
                OnRuntimeLost(gone, turn);
                break;
            case RuntimeReturned returned:
                OnRuntimeReturned(returned, turn);
                break;
            case MachineUsed used when beginning.HasBegun:
                if (used.Use.Disk.IsLow) steps.Ender.FreeRested(turn);
                foreach (var (pod, verdict) in rules.Use.Judge(kept, used)) steps.Ender.Evict(pod, verdict, turn);
                break;
            default:
                reports.Take(report, turn);
                break;
        }
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.PodTick:
                OnTick(timer.Subject, turn);
                break;
            case NodeTimerKind.PodDue:
                if (kept.Find(timer.Subject) is { } due && due.Alarm.Rings(timer.Epoch)) steps.Advance(due, turn);
                break;
            case NodeTimerKind.PodDeadline:
                if (kept.Find(timer.Subject) is { } ready && rules.Lead.TakesLead(ready, timer.Epoch)) rows.Tell(ready, turn);
                break;
        }
    }

    /// <summary>At the end of a turn: the node's taints may be others now, and the tables may tell other endpoints.</summary>
    public void OnSettled(Turn turn)
    {
        if (rules.Taint.HasChanged())
            foreach (var pod in kept.All) steps.Advance(pod, turn);
        foreach (var workload in awaited.TakeKnown()) LookAtAll(workload, turn);
        dependencies.OnSettled(kept, turn);
    }

    void LookAtAll(Uid workload, Turn turn)
    {
        foreach (var admission in slots.AdmissionsOf(self).Where(own => own.Run.Pod.Workload == workload).ToArray())
            adoption.Place(admission, slots.Find(admission.Run.Pod), turn);
        foreach (var pod in kept.All)
            if (pod.Run.Pod.Workload == workload) steps.Judge(pod, turn);
    }

    /// <summary>This process is about to end: what cannot outlive it ends now, gracefully.</summary>
    public void OnStop(Turn turn) => steps.EndWithProcess(turn);

    /// <summary>This node leaves: everything that runs here ends gracefully; others may have it already.</summary>
    public void OnLeave(Turn turn) => steps.Leave(turn);

    void OnTick(ulong subject, Turn turn)
    {
        switch (subject)
        {
            case PodTicks.SyncWaitOver:
                if (beginning.OnWaitOver(turn)) Begin(turn);
                break;
            case PodTicks.TellDue:
                rows.OnTellDue();
                foreach (var pod in kept.Values) rows.Tell(pod, turn);
                break;
            case PodTicks.JudgeDue:
                rules.Copies.OnDue();
                foreach (var pod in kept.All) steps.Judge(pod, turn);
                break;
            case PodTicks.DependenciesDue:
                dependencies.OnDue();
                foreach (var pod in kept.All)
                    if (!pod.Template.DependsOn.IsEmpty) steps.Advance(pod, turn);
                break;
            case PodTicks.RecheckDue:
                rules.Neighbours.OnDue();
                foreach (var pod in kept.All)
                    if (rules.Neighbours.Judge(pod, turn) is { } conflict) steps.Ender.Depart(pod, conflict, turn);
                rules.Neighbours.Checked(turn);
                break;
        }
    }

    /// <summary>The tables are believed and the survivors known: from now on the node starts and stops pods.</summary>
    void Begin(Turn turn)
    {
        foreach (var admission in slots.AdmissionsOf(self).ToArray())
            adoption.Place(admission, slots.Find(admission.Run.Pod), turn);
        foreach (var pod in kept.All)
        {
            foreach (var container in pod.Containers) containers.Settle(pod, container, turn.Now); // what ended while nobody watched
            steps.Judge(pod, turn);
            steps.Advance(pod, turn);
        }
        if (!steps.IsEnding) room.Capacity.Become("", turn.Now);
    }

    void OnRuntimeLost(RuntimeLost runtime, Turn turn)
    {
        lost.Add(runtime);
        turn.Note(new NodeNote(NoteLevel.Warning, PodReasons.RuntimeLost, runtime.Runtime, runtime.Message));
        room.Capacity.Lack(lost.Classes, turn.Now);
        foreach (var pod in kept.All)
            if (lost.Has(pod)) steps.Advance(pod, turn);
    }

    void OnRuntimeReturned(RuntimeReturned returned, Turn turn)
    {
        if (lost.Remove(returned.Runtime) is not { } classes) return;
        turn.Note(new NodeNote(NoteLevel.Information, "RuntimeReturned", returned.Runtime, ""));
        room.Capacity.Lack(lost.Classes, turn.Now);
        returns.Take(returned, classes, turn);
        if (!beginning.HasBegun) return;
        foreach (var pod in kept.All)
        {
            if (!classes.Contains(pod.Template.RuntimeClass, StringComparer.Ordinal)) continue;
            steps.Judge(pod, turn);
            steps.Advance(pod, turn);
        }
    }
}
