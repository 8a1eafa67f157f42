using Gossip.Core.Pods.Departures;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Disruption;

/// <summary>Has own pods evicted so that they go to other nodes: one at a time, through the keeper of the pod's budget.</summary>
sealed class PodMover(MoveReasons reasons, Evictor evictor)
{
    /// <summary>It is not known yet what became of the last one.</summary>
    public bool IsMoving { get; private set; }

    /// <param name="why">What the pod says of its end.</param>
    /// <param name="moved">Remembers it when its budget allowed it.</param>
    public void Move(PodRun run, string why, Turn turn, MovedPods? moved = null)
    {
        IsMoving = true;
        reasons.Add(run, why);
        evictor.Evict(run, dryRun: false, (verdict, _, later) =>
        {
            IsMoving = false;
            if (verdict == EvictionVerdict.Granted) moved?.Add(run.Pod, later.Monotonic);
            else reasons.Forget(run);
        }, turn);
    }
}
