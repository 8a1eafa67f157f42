using Gossip.Core.Primitives;

namespace Gossip.Core.Pods.Departures;

/// <summary>Why this node itself asked for the eviction of some of its runs: what the pod then says of its end.</summary>
sealed class MoveReasons
{
    /// <summary>Only a run that was gone when it was to move is never forgotten.</summary>
    const int KeptMost = 4096;

    readonly Dictionary<PodRun, string> reasons = []; // looked up only

    public string? Find(PodRun run) => reasons.GetValueOrDefault(run);

    /// <summary>If the run is evicted now, then because of this.</summary>
    public void Add(PodRun run, string why)
    {
        if (reasons.Count >= KeptMost) reasons.Clear();
        reasons[run] = why;
    }

    /// <summary>The eviction was refused, or the run is gone.</summary>
    public void Forget(PodRun run) => reasons.Remove(run);
}
