using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.StartGates;

/// <summary>
/// One thing that an admitted pod waits for before its runtime is told of it. The gates are asked in a fixed order at each look at
/// the pod; the first that does not let it through decides. A gate sees to it that the pod is looked at again.
/// </summary>
interface IStartGate
{
    GateAnswer Ask(KeptPod pod, Slot slot, Turn turn);
}
