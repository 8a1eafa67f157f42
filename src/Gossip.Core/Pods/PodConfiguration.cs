using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

/// <summary>
/// What pods are made of beside their template: ConfigMaps, Secrets, the pod's own fields. Files of running pods follow what changes.
/// </summary>
sealed class PodConfiguration(NodeConfig config, SlotTable slots, OwnRoom room)
{
    readonly ConfigObjects objects = new(slots.Objects);

    public PodLaunch LaunchOf(KeptPod pod, Slot slot) =>
        new(pod.Run, slot.Name, slot.Workload.Namespace, pod.Run.Uid, config.Card.Name, pod.Template);

    /// <summary>What the pod is prepared with; null while something is missing, with the problem.</summary>
    public ImmutableArray<VolumeFiles>? FilesOf(KeptPod pod, Slot slot, out string problem) =>
        FilesResolver.Resolve(Around(pod, LaunchOf(pod, slot), slot), out problem);

    /// <summary>Sends a running pod what changed of its files. While something is missing it keeps what it has.</summary>
    public void FollowFiles(KeptPod pod, Turn turn)
    {
        if (slots.Find(pod.Run.Pod) is not { } slot || pod.Files.AreMadeOf(slot.Template)) return;
        pod.Files.MadeOf(slot.Template);
        if (!pod.Template.Volumes.Any(volume => volume is FilesVolume)) return;
        if (FilesResolver.Resolve(Around(pod, pod.Launch!, slot), out _) is not { } files) return;
        var hash = FilesResolver.Hash(files);
        if (hash == pod.Files.Hash) return;
        pod.Files.Given(hash);
        turn.Perform(new UpdateFiles(pod.Run, pod.Template.RuntimeClass, files));
    }

    /// <summary>Everything that was looked up for one attempt; null while something is missing, with the problem.</summary>
    public ContainerStart? StartOf(KeptPod pod, KeptContainer container, out string problem)
    {
        var around = Around(pod, pod.Launch!, slots.Find(pod.Run.Pod));
        var environment = EnvironmentResolver.Resolve(around, container.Spec, pod.Ip, out problem);
        if (container.Spec.Security is { RunAsNonRoot: true, RunAsUser: 0 }) problem = "container's runAsUser breaks non-root policy";
        if (problem.Length > 0) return null;
        return new ContainerStart(container.Name, container.Attempt, environment, CredentialReader.Read(around));
    }

    /// <summary>
    /// An object came, changed or went. True when the pod waits for it or has files of it, so that it is to be looked at.
    /// </summary>
    public bool IsTouched(KeptPod pod, ObjectName changed, Turn turn)
    {
        var @namespace = pod.Launch?.Namespace ?? slots.Find(pod.Run.Pod)?.Workload.Namespace;
        if (!string.Equals(@namespace, changed.Namespace, StringComparison.Ordinal) || !pod.Template.Uses(changed)) return false;
        pod.Files.Outdated();
        foreach (var container in pod.Containers)
            if (container.Reason == PodReasons.ContainerConfigError) container.RetryAt(turn.Monotonic);
        return true;
    }

    PodSurroundings Around(KeptPod pod, PodLaunch launch, Slot? slot)
    {
        var node = config.Card;
        return new(launch, slot?.Template ?? launch.Template, node.Address.Host, node.Allocatable, objects, room.DevicesOf(pod.Run));
    }
}
