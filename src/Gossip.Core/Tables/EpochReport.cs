using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>A peer says that a pod's next epoch is a later one than this node knows of.</summary>
readonly record struct EpochReport(PodId Pod, Epoch Next)
{
    /// <summary>Of one pod, while a node was down: a restart a second for most of a day.</summary>
    const uint MissedMost = 1 << 16;

    /// <summary>Later than what is known, and to be believed: near the last epoch the pod would have none left.</summary>
    public static bool IsNews(Slot slot, Epoch next) => next > slot.NextEpoch && next.Value - slot.NextEpoch.Value <= MissedMost;
}
