using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Pods;

/// <summary>Every pod that this node answers for, by run, by pod and by number.</summary>
sealed class KeptPods
{
    readonly Dictionary<PodRun, KeptPod> byRun = [];
    readonly Dictionary<PodId, List<KeptPod>> byPod = [];
    readonly Dictionary<ulong, KeptPod> byNumber = [];
    ulong numbers;

    /// <summary>How many of them depend on services.</summary>
    public int Dependents { get; private set; }

    /// <summary>All of them, for a look that may change none.</summary>
    public Dictionary<PodRun, KeptPod>.ValueCollection Values => byRun.Values;

    /// <summary>All of them as of now: some may go while they are looked at.</summary>
    public KeptPod[] All => [.. byRun.Values];

    public KeptPod? Find(PodRun run) => byRun.GetValueOrDefault(run);

    public KeptPod? Find(ulong number) => byNumber.GetValueOrDefault(number);

    /// <summary>The runs of a pod, as of now.</summary>
    public KeptPod[] RunsOf(PodId pod) => byPod.TryGetValue(pod, out var runs) ? [.. runs] : [];

    /// <summary>False for a pod that is forgotten.</summary>
    public bool Has(KeptPod pod) => byRun.GetValueOrDefault(pod.Run) == pod;

    public KeptPod Keep(PodRun run, PodTemplate template, PodStage stage)
    {
        var pod = new KeptPod(run, template, ++numbers, stage);
        pod.SayOfWaiting(pod.Creating, "");
        if (!template.DependsOn.IsEmpty) Dependents++;
        byRun.Add(run, pod);
        byNumber.Add(pod.Number, pod);
        if (!byPod.TryGetValue(run.Pod, out var same)) byPod.Add(run.Pod, same = []);
        same.Add(pod);
        return pod;
    }

    public void Forget(KeptPod pod)
    {
        byRun.Remove(pod.Run);
        byNumber.Remove(pod.Number);
        var same = byPod[pod.Run.Pod];
        same.Remove(pod);
        if (same.Count == 0) byPod.Remove(pod.Run.Pod);
        if (!pod.Template.DependsOn.IsEmpty) Dependents--;
    }
}
