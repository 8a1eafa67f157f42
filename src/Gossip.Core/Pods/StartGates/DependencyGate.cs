using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.StartGates;

/// <summary>A pod that depends on services (<c>gossip.dev/depends-on</c>) starts once each of them has a ready endpoint.</summary>
sealed class DependencyGate(Dependencies dependencies) : IStartGate
{
    public GateAnswer Ask(KeptPod pod, Slot slot, Turn turn) =>
        dependencies.Missing(pod.Template, slot.Workload.Namespace, turn.Monotonic) is { } missing ? WaitFor(missing) : GateAnswer.Go;

    /// <summary>What the status of a pod says that waits for a service.</summary>
    public static GateAnswer WaitFor(string service) =>
        GateAnswer.Wait(PodReasons.WaitingForDependencies, $"svc/{service} has no ready endpoint");
}
