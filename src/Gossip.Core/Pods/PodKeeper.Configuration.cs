using System.Collections.Immutable;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// What pods are made of beside their template: ConfigMaps, Secrets, the pod's own fields. A pod waits for what is missing,
// and files of running pods follow what changes.
sealed partial class PodKeeper
{
    const string FailedMount = "FailedMount";
    const string ConfigError = "CreateContainerConfigError";

    readonly ConfigObjects configObjects;

    /// <summary>A ConfigMap or Secret came, changed or went: pods that wait for it or have its files are looked at.</summary>
    public void OnConfig(ObjectName changed, Turn turn)
    {
        foreach (var pod in kept.Values.ToArray())
        {
            var @namespace = pod.Launch?.Namespace ?? slots.Find(pod.Run.Pod)?.Workload.Namespace;
            if (!string.Equals(@namespace, changed.Namespace, StringComparison.Ordinal) || !pod.Template.Uses(changed)) continue;
            pod.ConfiguredBy = null;
            foreach (var container in pod.Containers)
                if (container.Reason == ConfigError) container.NotBefore = turn.Monotonic;
            Advance(pod, turn);
        }
    }

    /// <summary>What the pod is prepared with; null while it has to wait, with the reason in the pod.</summary>
    ImmutableArray<VolumeFiles>? FilesOf(KeptPod pod, PodLaunch launch, Slot slot)
    {
        var files = FilesResolver.Resolve(Around(pod, launch, slot), out var problem);
        if (files is null)
        {
            (pod.Reason, pod.Message) = (FailedMount, problem);
            pod.Notes.Add(FailedMount, "", problem);
            return null;
        }
        if (pod.Reason == FailedMount) pod.Reason = pod.Message = "";
        pod.ConfiguredBy = slot.Template;
        pod.FilesHash = FilesResolver.Hash(files.Value);
        return files;
    }

    /// <summary>Sends a running pod what changed of its files. While something is missing it keeps what it has.</summary>
    void FollowFiles(KeptPod pod, Turn turn)
    {
        if (slots.Find(pod.Run.Pod) is not { } slot || ReferenceEquals(pod.ConfiguredBy, slot.Template)) return;
        pod.ConfiguredBy = slot.Template;
        if (!pod.Template.Volumes.Any(volume => volume is FilesVolume)) return;
        if (FilesResolver.Resolve(Around(pod, pod.Launch!, slot), out _) is not { } files) return;
        var hash = FilesResolver.Hash(files);
        if (hash == pod.FilesHash) return;
        pod.FilesHash = hash;
        turn.Perform(new UpdateFiles(pod.Run, pod.Template.RuntimeClass, files));
    }

    /// <summary>Everything that was looked up for one attempt; null while something is missing, with the problem.</summary>
    ContainerStart? Configure(KeptPod pod, KeptContainer container, out string problem)
    {
        var around = Around(pod, pod.Launch!, slots.Find(pod.Run.Pod));
        var environment = EnvironmentResolver.Resolve(around, container.Spec, pod.Ip, out problem);
        if (container.Spec.Security is { RunAsNonRoot: true, RunAsUser: 0 }) problem = "container's runAsUser breaks non-root policy";
        return problem.Length > 0 ? null : new ContainerStart(container.Name, container.Attempt, environment, CredentialReader.Read(around));
    }

    PodSurroundings Around(KeptPod pod, PodLaunch launch, Slot? slot) =>
        new(launch, slot?.Template ?? launch.Template, config.Card.Address.Host, config.Card.Allocatable, configObjects, bidder.DevicesOf(pod.Run));
}
