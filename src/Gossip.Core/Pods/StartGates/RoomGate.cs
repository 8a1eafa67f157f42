using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.StartGates;

/// <summary>
/// A pod that others make way for starts when nothing is left of them; whoever frees the last of their room has it looked at.
/// </summary>
sealed class RoomGate(OwnRoom room) : IStartGate
{
    public GateAnswer Ask(KeptPod pod, Slot slot, Turn turn) =>
        room.IsAwaited(pod.Run)
            ? GateAnswer.Wait(PodReasons.WaitingForRoom, "until nothing is left of the pods that make way for it")
            : GateAnswer.Go;
}
