using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// When a runtime's engine is gone. What becomes of its pods nobody can say: they are unready at once, others take them over after
// their loss grace, and here they count in the books until the engine is back and says what still runs.
sealed partial class PodKeeper
{
    const string RuntimeIsLost = "RuntimeLost";

    /// <summary>128 + SIGKILL: the exit code of what ended unseen, as Kubernetes has it.</summary>
    const int Killed = 137;

    readonly SortedDictionary<string, RuntimeLost> lost = new(StringComparer.Ordinal); // by runtime

    bool IsLost(KeptPod pod) => lost.Count > 0 && !pod.IsGone && WhyLost(pod.Template.RuntimeClass) is not null;

    RuntimeLost? WhyLost(string runtimeClass)
    {
        foreach (var runtime in lost.Values)
            if (ClassesOf(runtime).Contains(runtimeClass, StringComparer.Ordinal)) return runtime;
        return null;
    }

    static ImmutableArray<string> ClassesOf(RuntimeLost runtime) => runtime.Classes.IsDefaultOrEmpty ? [runtime.Runtime] : runtime.Classes;

    void OnRuntimeLost(RuntimeLost runtime, Turn turn)
    {
        lost[runtime.Runtime] = runtime;
        turn.Note(new NodeNote(NoteLevel.Warning, RuntimeIsLost, runtime.Runtime, runtime.Message));
        bidder.Lack([.. lost.Values.SelectMany(runtime => ClassesOf(runtime))], turn.Now);
        foreach (var pod in kept.Values.ToArray())
            if (IsLost(pod)) Advance(pod, turn);
    }

    /// <summary>All that can be done for a pod while its engine is gone.</summary>
    void WaitForRuntime(KeptPod pod, Turn turn)
    {
        pod.LostAt ??= turn.Monotonic;
        if (pod.Stage is PodStage.Finished or PodStage.Stopping) return; // it is asked again when the engine is back
        (pod.Reason, pod.Message) = (RuntimeIsLost, WhyLost(pod.Template.RuntimeClass)?.Message ?? pod.Message);
        if (pod.Row is not { } row) return;
        var due = pod.LostAt.Value + (pod.Template.LossGrace ?? config.Timings.LossGrace);
        if (turn.Monotonic < due)
        {
            pod.LookAt(due);
            return;
        }
        pod.Row = null;
        Withdraw(row, turn);
    }

    void OnRuntimeReturned(RuntimeReturned returned, Turn turn)
    {
        if (!lost.Remove(returned.Runtime, out var was)) return;
        turn.Note(new NodeNote(NoteLevel.Information, "RuntimeReturned", returned.Runtime, ""));
        bidder.Lack([.. lost.Values.SelectMany(runtime => ClassesOf(runtime))], turn.Now);
        var survivors = returned.Pods.ToDictionary(survivor => survivor.Launch.Pod); // looked up only
        foreach (var pod in kept.Values.ToArray())
        {
            if (pod.LostAt is null || !ClassesOf(was).Contains(pod.Template.RuntimeClass, StringComparer.Ordinal)) continue;
            pod.LostAt = null;
            if (pod.Reason == RuntimeIsLost) (pod.Reason, pod.Message) = ("", "");
            if (survivors.TryGetValue(pod.Run, out var survivor) && config.Planted != PlantedBug.SurvivorDisowned) Reappear(pod, survivor, turn.Now);
            else Vanish(pod, turn);
        }
        foreach (var survivor in returned.Pods)
            if (!kept.ContainsKey(survivor.Launch.Pod)) KeepSurvivor(survivor, turn.Now);
        if (!hasBegun) return;
        foreach (var pod in kept.Values.ToArray())
        {
            if (!ClassesOf(was).Contains(pod.Template.RuntimeClass, StringComparer.Ordinal)) continue;
            Judge(pod, slots.Find(pod.Run.Pod), turn);
            Advance(pod, turn);
        }
    }

    /// <summary>It is still there. What of it ended meanwhile ends now, and the rest goes on as it was.</summary>
    void Reappear(KeptPod pod, SurvivingPod survivor, Now now)
    {
        pod.StopAsked = false;
        if (pod.Stage is PodStage.Admitted or PodStage.Preparing) pod.Stage = PodStage.Running;
        pod.Launch = survivor.Launch;
        pod.Ip = survivor.Ip;
        if (pod.StartedAt == default) pod.StartedAt = now.Wall;
        foreach (var container in pod.Containers)
        {
            var state = survivor.Containers.FirstOrDefault(state => state.Name == container.Name);
            if (state is { ExitCode: null })
            {
                if (container.Runs && container.Attempt == state.Attempt) container.Resume(container.HasStarted, container.Readiness is { Passes: true });
                else Recall(container, state, now);
            }
            else if (container.Runs || IsNewsOf(container, state)) EndedOutOfSight(pod, container, state, now);
            else container.IsUp = false; // what was to start never did
        }
        AssumeInitialized(pod);
    }

    /// <summary>Whether an ended attempt is one that nobody has told of yet, rather than the last one that is known.</summary>
    static bool IsNewsOf(KeptContainer container, SurvivingContainer? state) =>
        state is not null && container.Stage == ContainerStage.Waiting
        && (state.Attempt > container.Attempt || state.Attempt == container.Attempt && !container.IsRestart);

    void EndedOutOfSight(KeptPod pod, KeptContainer container, SurvivingContainer? state, Now now)
    {
        if (state is not null) container.Attempt = state.Attempt;
        Ended(container, state?.ExitCode ?? Killed, state?.Reason ?? "ContainerStatusUnknown", "", now.Wall, now);
        Settle(pod, container, now);
    }

    /// <summary>It is not there any more: it ended with its engine. While it is still admitted here, it starts anew.</summary>
    void Vanish(KeptPod pod, Turn turn)
    {
        if (pod.Stage == PodStage.Finished)
        {
            OnStopped(pod, turn);
            return;
        }
        if (pod.Stage == PodStage.Stopping || pod.Row is null)
        {
            pod.Stage = PodStage.Stopping;
            Forget(pod, turn); // others have it, or nobody is to have it
            return;
        }
        foreach (var container in pod.Containers)
        {
            if (container.Runs) EndedOutOfSight(pod, container, null, turn.Now);
            container.IsUp = false;
        }
        if (pod.Outcome is not null) return; // it is not restarted, and ends as what it is
        pod.Stage = PodStage.Admitted;
        pod.IsInitialized = pod.IsHeld = pod.StopAsked = false;
        foreach (var container in pod.Containers)
        {
            if (container.Role == ContainerRole.Main && container.Stage == ContainerStage.Terminated) continue;
            if (container.Stage == ContainerStage.Terminated) container.IsRestart = true; // its work went with the pod's volumes
            container.Stage = ContainerStage.Waiting;
        }
    }
}
