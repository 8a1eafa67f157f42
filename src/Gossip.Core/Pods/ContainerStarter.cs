using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>Starts a running pod's containers in their order, and again after they ended.</summary>
sealed class ContainerStarter(NodeConfig config, PodLeases leases, PodConfiguration configuration)
{
    /// <summary>Kubernetes shows the failure itself for a moment, then that it waits.</summary>
    static readonly TimeSpan PullFailureShown = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Init containers one after another, each to its success; a sidecar until it has started; then the main ones. False when an
    /// init container or sidecar ended for good without success: the pod has failed.
    /// </summary>
    public bool TryStartAll(KeptPod pod, Turn turn)
    {
        var isOneOnItsWay = false;
        foreach (var container in pod.Containers)
        {
            if (container.Role == ContainerRole.Main)
            {
                pod.Initialized();
                // In the order of the manifest. One that fails to start holds up nobody, nor does one that starts again.
                if (!isOneOnItsWay || container.Attempt > 0 || container.IsRestart) TryStart(pod, container, turn);
                isOneOnItsWay |= container.IsOnItsWay;
                continue;
            }
            if (container.HasSucceeded || pod.IsInitialized && container.Role == ContainerRole.Init) continue;
            if (container.Stage == ContainerStage.Terminated) return false; // by the restart policy it stays as it ended
            TryStart(pod, container, turn);
            if (!pod.IsInitialized && container.Role == ContainerRole.Sidecar && !container.HasStarted) return true;
            if (!pod.IsInitialized && container.Role == ContainerRole.Init) return true;
        }
        return true;
    }

    /// <summary>A container did not come to a start: it is tried again after a back-off.</summary>
    public void NotStarted(KeptPod pod, KeptContainer container, string reason, string message, Now now)
    {
        container.NotStarted(reason, message, now, config.Timings);
        var subject = reason == PodReasons.ErrImagePull ? $"Failed to pull image \"{container.Spec.Image}\"" : reason;
        pod.Notes.Add("Failed", container.Name, subject, message);
        pod.Alarm.LookAt(container.NotBefore);
    }

    /// <summary>A container ended: it starts again, now or later, or it is left at that.</summary>
    public void Settle(KeptPod pod, KeptContainer container, Now now)
    {
        if (pod.Stage != PodStage.Running || container.Stage != ContainerStage.Terminated) return;
        var isHeldBack = pod.Dependencies.IsHeld && container.Role != ContainerRole.Init;
        var policy = RestartBackoff.PolicyOf(container.Role, pod.Template.RestartPolicy);
        if (!isHeldBack && !RestartBackoff.Restarts(policy, container.ExitCode)) return;
        var wait = isHeldBack ? TimeSpan.Zero : RestartBackoff.Of(container.Crashes, config.Timings);
        container.AwaitRestart(isHeldBack ? PodReasons.DependencyLost : container.Reason, now.Monotonic + wait);
        if (wait == TimeSpan.Zero) container.Say(pod.Starting, "");
        else
        {
            var ended = string.Create(CultureInfo.InvariantCulture, $"which ended with {container.ExitCode} ({container.Reason})");
            var seconds = wait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            container.Say(PodReasons.CrashLoopBackOff, $"back-off {seconds}s restarting container {container.Name}, {ended}");
        }
    }

    void TryStart(KeptPod pod, KeptContainer container, Turn turn)
    {
        if (container.IsUp || container.Stage == ContainerStage.Terminated) return;
        if (!leases.Allow(pod, turn.Now)) return; // it comes back with the lease, or goes without it
        if (container.NotBefore <= turn.Monotonic)
        {
            Start(pod, container, turn);
            return;
        }
        pod.Alarm.LookAt(container.NotBefore);
        if (container.Reason != PodReasons.ErrImagePull) return;
        var shownUntil = container.FailedAt + PullFailureShown;
        if (turn.Monotonic < shownUntil) pod.Alarm.LookAt(shownUntil);
        else container.Say(PodReasons.ImagePullBackOff, $"Back-off pulling image \"{container.Spec.Image}\": {container.Message}");
    }

    void Start(KeptPod pod, KeptContainer container, Turn turn)
    {
        container.Begin(pod.Starting);
        if (configuration.StartOf(pod, container, out var problem) is { } start)
            turn.Perform(new StartContainer(pod.Run, pod.Template.RuntimeClass, start));
        else // a change of what is missing may cut the wait short
            NotStarted(pod, container, PodReasons.ContainerConfigError, problem, turn.Now);
    }
}
