using Gossip.Core.Templates;

namespace Gossip.Core.Pods.Ending;

/// <summary>
/// A pod whose containers all ended for good rests: its runtime keeps its logs, so that people can still read them, until the pod is
/// deleted or enough others ended after it. Nothing of it runs, so it is out of the books.
/// </summary>
sealed class RestingPods
{
    /// <summary>How many ended pods' logs a node keeps; at a log's default bound of twice 10 MiB that is below a gigabyte.</summary>
    const int Most = 32;

    readonly Queue<KeptPod> resting = new();

    /// <summary>True for a pod that ended for good and holds nothing any more but its logs.</summary>
    public static bool MayRest(KeptPod pod) =>
        pod.Stage == PodStage.Finished && !pod.HasFailed && !HoldsMore(pod.Template) && !pod.IsAnyUp;

    /// <summary>One more rests.</summary>
    /// <returns>Those whose runtime is to free them, so that it keeps no more than it may.</returns>
    public List<KeptPod> Add(KeptPod pod)
    {
        resting.Enqueue(pod);
        return Shrink(Most);
    }

    /// <summary>Those that rest now, all of which are to be freed: the disk is low.</summary>
    public List<KeptPod> TakeAll() => Shrink(0);

    List<KeptPod> Shrink(int most)
    {
        var freed = new List<KeptPod>();
        while (resting.TryPeek(out var oldest) && (resting.Count > most || oldest.Stage != PodStage.Finished))
        {
            resting.Dequeue();
            if (oldest is { Stage: PodStage.Finished, LostAt: null, End: { StopAsked: false, IsGone: false } }) freed.Add(oldest);
        }
        return freed;
    }

    /// <summary>An ended pod may hold more than files, which others may want: a port of the machine, or its memory.</summary>
    static bool HoldsMore(PodTemplate template) =>
        !template.HostPorts.IsDefaultOrEmpty || template.Volumes.Any(volume => volume is EmptyDirVolume { InMemory: true });
}
