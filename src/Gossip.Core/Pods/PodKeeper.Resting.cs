using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// A pod whose containers all ended for good rests: its runtime keeps what they said, so that people can still read it, until
// the pod is deleted or enough others ended after it. Nothing of it runs, so it is out of the books.
sealed partial class PodKeeper
{
    /// <summary>How many ended pods' logs a node keeps; at a log's default bound of twice 10 MiB that is below a gigabyte.</summary>
    const int RestingMost = 32;

    readonly Queue<KeptPod> resting = new();

    /// <summary>True when it rests, and its runtime is not to be told to free it.</summary>
    bool TryRest(KeptPod pod, Turn turn)
    {
        if (pod.Rests) return pod.Stage == PodStage.Finished;
        if (pod.Stage != PodStage.Finished || pod.HasFailed || HoldsMore(pod.Template)) return false;
        foreach (var container in pod.Containers)
            if (container.IsUp) return false;
        pod.Rests = true;
        FreeRoom(pod.Run, turn);
        resting.Enqueue(pod);
        while (resting.TryPeek(out var oldest) && (resting.Count > RestingMost || oldest.Stage != PodStage.Finished))
        {
            resting.Dequeue();
            if (oldest is { Stage: PodStage.Finished, StopAsked: false, IsGone: false, LostAt: null }) AskStop(oldest, TimeSpan.Zero, turn);
        }
        return true;
    }

    /// <summary>An ended pod may hold more than files: a port of the machine, or its memory. That others may want.</summary>
    static bool HoldsMore(PodTemplate template) =>
        !template.HostPorts.IsDefaultOrEmpty || template.Volumes.Any(volume => volume is EmptyDirVolume { InMemory: true });
}
