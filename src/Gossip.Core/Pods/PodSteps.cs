using Gossip.Core.Membership;
using Gossip.Core.Pods.Ending;
using Gossip.Core.Pods.Probing;
using Gossip.Core.Pods.Recovery;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>
/// The next step of one pod. It is looked at anew after every report and whenever something of it is due, and each look does whatever
/// may be done by now: so there is one place that decides, and no event that could be missed.
/// </summary>
sealed class PodSteps
{
    readonly SlotTable slots;
    readonly ITables tables;
    readonly KeptPods kept;
    readonly PodRows rows;
    readonly PodRules rules;
    readonly LostRuntimes lost;
    readonly Beginning beginning;
    readonly Adoption adoption;
    readonly AwaitedWorkloads awaited;
    readonly ContainerStarter containers;
    readonly DependencyWatch dependencies;
    readonly PodConfiguration configuration;

    public PodSteps(
        NodeConfig config, SlotTable slots, ITables tables, OwnRoom room, KeptPods kept, PodRows rows, PodRules rules, LostRuntimes lost,
        Beginning beginning, Adoption adoption, AwaitedWorkloads awaited, ContainerStarter containers, DependencyWatch dependencies,
        PodConfiguration configuration)
    {
        this.slots = slots;
        this.tables = tables;
        this.kept = kept;
        this.rows = rows;
        this.rules = rules;
        this.lost = lost;
        this.beginning = beginning;
        this.adoption = adoption;
        this.awaited = awaited;
        this.containers = containers;
        this.dependencies = dependencies;
        this.configuration = configuration;
        Ender = new PodEnder(this, config, kept, rows, rules, room, slots, tables);
    }

    public PodEnder Ender { get; }

    bool processEnds;

    /// <summary>The node leaves: nothing is started any more.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>The process ends, or the node leaves: it takes no pods any more.</summary>
    public bool IsEnding => IsLeaving || processEnds;

    /// <summary>What the host app runs in this process ends with it; new ones of it are not started.</summary>
    public void EndWithProcess(Turn turn)
    {
        processEnds = true;
        foreach (var pod in kept.All)
            if (EndsWithProcess(pod)) Ender.Stop(pod, turn);
    }

    public void Leave(Turn turn)
    {
        IsLeaving = true;
        foreach (var pod in kept.All) Ender.Stop(pod, turn);
    }

    /// <summary>The pod's rows may have changed: brings it a step nearer to what they say.</summary>
    /// <param name="slot">The pod's slot as of now; null when the tables have none.</param>
    public void Judge(KeptPod pod, Slot? slot, Turn turn)
    {
        if (pod.Stage == PodStage.Stopping) return;
        if (pod.Admission.Row is { } row && tables.Find(row) is null)
        {
            pod.Admission.Detach(); // somebody took the admission out
            Ender.Stop(pod, turn);
            return;
        }
        if (slot is null)
        {
            if (awaited.IsGone(pod.Run.Pod.Workload)) Ender.Stop(pod, turn);
            return;
        }
        if (PodJudge.IsOver(slot, pod.Run.Epoch))
        {
            if (rules.Evictions.Judge(pod, slot) is { } evicted) Ender.Depart(pod, evicted, turn);
            else Ender.Stop(pod, turn);
            return;
        }
        if (pod.Admission.Row is null)
        {
            if (pod.LostAt is null && !adoption.TryReadmit(pod, slot, turn)) Ender.Stop(pod, turn);
            return;
        }
        if (Find(slot, pod.Admission.Row.Value) is not { } ours) return;
        ours = ours with { Status = pod.Admission.Told };
        if (rules.Copies.Judge(pod, slot, ours, turn) is { } notNeeded)
        {
            Ender.Depart(pod, notNeeded, turn);
            return;
        }
        rules.Lead.Look(pod, slot, ours, turn);
        Advance(pod, turn);
    }

    public void Judge(KeptPod pod, Turn turn) => Judge(pod, slots.Find(pod.Run.Pod), turn);

    /// <summary>Does what may be done for the pod by now.</summary>
    public void Advance(KeptPod pod, Turn turn)
    {
        if (!beginning.HasBegun || !kept.Has(pod)) return;
        pod.Alarm.Clear();
        foreach (var departure in rules.AtEachLook)
        {
            if (departure.Judge(pod, turn) is not { } verdict) continue;
            Ender.Depart(pod, verdict, turn);
            return;
        }
        if (pod.LostAt is not null || lost.Has(pod)) lost.Wait(pod, turn);
        else if (pod.Runs && pod.IsOverdue(turn.Monotonic))
            Ender.Fail(pod, PodReasons.DeadlineExceeded, "Pod was active on the node longer than the specified deadline", turn);
        else if (pod.Stage == PodStage.Admitted) TryPrepare(pod, turn);
        else if (pod.Stage == PodStage.Running) KeepRunning(pod, turn);
        else if (pod.IsEnding) Ender.KeepEnding(pod, turn);
        rows.Tell(pod, turn);
        pod.SetAlarm(turn);
    }

    bool EndsWithProcess(KeptPod pod) => processEnds && pod.Template.RuntimeClass == RuntimeNames.InProcess;

    /// <summary>Has the pod prepared once every start gate lets it through.</summary>
    void TryPrepare(KeptPod pod, Turn turn)
    {
        if (IsLeaving || pod.Admission.Row is null || slots.Find(pod.Run.Pod) is not { } slot) return;
        if (EndsWithProcess(pod))
        {
            Ender.Stop(pod, turn);
            return;
        }
        foreach (var gate in rules.Gates)
        {
            var answer = gate.Ask(pod, slot, turn);
            if (answer.IsGo) continue;
            if (answer.GivesUp is { } inVain) Ender.Depart(pod, inVain, turn);
            else pod.Wait(answer);
            return;
        }
        var launch = configuration.LaunchOf(pod, slot);
        pod.SayOfWaiting(pod.Creating, "");
        pod.Prepare(launch, turn.Monotonic);
        turn.Perform(new PreparePod(pod.Run, pod.Template.RuntimeClass, launch, rules.Configuration.Files));
    }

    void KeepRunning(KeptPod pod, Turn turn)
    {
        configuration.FollowFiles(pod, turn);
        dependencies.Watch(pod, turn.Monotonic);
        foreach (var container in pod.Containers) Prober.Watch(pod, container, turn);
        if (pod.Dependencies.IsHeld && !dependencies.TryRelease(pod, turn))
        {
            if (pod.Admission.Row is null && pod.IsIdle) Judge(pod, turn); // no use to anybody any more
            return;
        }
        if (!containers.TryStartAll(pod, turn)) Ender.Fail(pod, "", "", turn);
        else if (pod.Stage == PodStage.Running && pod.Outcome is { } succeeded) Ender.Finish(pod, succeeded, turn);
    }

    static Admission? Find(Slot slot, Uid row)
    {
        foreach (var admission in slot.Admissions)
            if (admission.Uid == row) return admission;
        return null;
    }
}
