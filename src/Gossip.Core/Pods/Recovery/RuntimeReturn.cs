using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Ending;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Recovery;

/// <summary>An engine is back and says what still runs: which of its pods go on, and which ended with it.</summary>
sealed class RuntimeReturn(NodeConfig config, KeptPods kept, Survivors survivors, ContainerStarter containers, PodEnder ender)
{
    /// <param name="classes">The runtime classes that the engine serves.</param>
    public void Take(RuntimeReturned returned, ImmutableArray<string> classes, Turn turn)
    {
        var stillThere = returned.Pods.ToDictionary(survivor => survivor.Launch.Pod); // looked up only
        foreach (var pod in kept.All)
        {
            if (pod.LostAt is null || !classes.Contains(pod.Template.RuntimeClass, StringComparer.Ordinal)) continue;
            pod.EngineReturned();
            var survivor = stillThere.GetValueOrDefault(pod.Run);
            if (survivor is not null) Reappear(pod, survivor, turn.Now);
            else Vanish(pod, turn);
        }
        foreach (var survivor in returned.Pods)
            if (kept.Find(survivor.Launch.Pod) is null) survivors.Keep(survivor, turn);
    }

    /// <summary>It is still there. What of it ended meanwhile ends now, and the rest goes on as it was.</summary>
    void Reappear(KeptPod pod, SurvivingPod survivor, Now now)
    {
        pod.Reappear(survivor, now.Wall);
        foreach (var container in pod.Containers)
        {
            var state = survivor.Containers.FirstOrDefault(state => state.Name == container.Name);
            if (state is { ExitCode: null })
            {
                var isTheSame = container.Runs && container.Attempt == state.Attempt;
                if (isTheSame) container.Resume(container.HasStarted, container.Readiness is { Passes: true });
                else container.Recall(state, now);
            }
            else if (container.Runs || IsNewsOf(container, state)) EndUnseen(pod, container, state, now);
            else container.Down(); // what was to start never did
        }
        pod.AssumeInitialized();
    }

    /// <summary>It is not there any more: it ended with its engine. While it is still admitted here, it starts anew.</summary>
    void Vanish(KeptPod pod, Turn turn)
    {
        if (pod.Stage == PodStage.Finished)
        {
            ender.OnStopped(pod, turn);
            return;
        }
        if (pod.Stage == PodStage.Stopping || pod.Admission.Row is null)
        {
            ender.ForgetStopped(pod, turn); // others have it, or nobody is to have it
            return;
        }
        foreach (var container in pod.Containers)
        {
            if (container.Runs) EndUnseen(pod, container, null, turn.Now);
            container.Down();
        }
        if (pod.Outcome is null) pod.StartOver(); // else it is not restarted, and ends as what it is
    }

    void EndUnseen(KeptPod pod, KeptContainer container, SurvivingContainer? state, Now now)
    {
        container.EndedUnseen(state, now, config.Timings);
        containers.Settle(pod, container, now);
    }

    /// <summary>Whether an ended attempt is one that nobody has told of yet, rather than the last one that is known.</summary>
    static bool IsNewsOf(KeptContainer container, SurvivingContainer? state) =>
        state is not null && container.Stage == ContainerStage.Waiting
        && (state.Attempt > container.Attempt || state.Attempt == container.Attempt && !container.IsRestart);
}
