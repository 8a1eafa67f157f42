using System.Collections.Immutable;
using Gossip.Core.Pods.Configuration;
using Gossip.Core.Ports;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.StartGates;

/// <summary>A pod starts once every ConfigMap and Secret of its volumes is there. A change of one has the pod looked at again.</summary>
sealed class ConfigurationGate(PodConfiguration configuration) : IStartGate
{
    /// <summary>Those of the pod that was let through last.</summary>
    public ImmutableArray<VolumeFiles> Files { get; private set; } = [];

    public GateAnswer Ask(KeptPod pod, Slot slot, Turn turn)
    {
        if (configuration.FilesOf(pod, slot, out var problem) is not { } files) return GateAnswer.PodWaits(PodReasons.FailedMount, problem);
        pod.Files.MadeOf(slot.Template);
        pod.Files.Given(FilesResolver.Hash(files));
        Files = files;
        return GateAnswer.Go;
    }
}
