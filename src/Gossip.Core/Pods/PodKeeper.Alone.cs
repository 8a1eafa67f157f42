using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// Pods that would rather not run than run on the smaller side of a partition (gossip.dev/when-alone: stop). They end when their
// node has seen no majority for their loss grace: about when the greater side replaces them. Nobody who is alone bids for them.
sealed partial class PodKeeper
{
    internal const string IsAlone = "Alone";

    Instant? aloneSince;

    /// <summary>Somebody came or went.</summary>
    public void OnMember(in MemberChange change, Turn turn)
    {
        if (change.Before?.State == change.After?.State) return;
        var company = Connectivity.Of(members);
        if (company.IsAlone == aloneSince is not null) return;
        aloneSince = company.IsAlone ? turn.Monotonic : null;
        foreach (var pod in kept.Values.ToArray())
            if (pod.Template.StopsAlone) Advance(pod, turn);
    }

    /// <summary>True when the pod ends, now, because its node is alone.</summary>
    bool TryEndAlone(KeptPod pod, Turn turn)
    {
        if (!pod.Template.StopsAlone || aloneSince is not { } since || pod.Stage is PodStage.Finished or PodStage.Stopping) return false;
        var due = since + (pod.Template.LossGrace ?? config.Timings.LossGrace);
        if (turn.Monotonic < due)
        {
            pod.LookAt(due);
            return false;
        }
        pod.Draining = true;
        (pod.Reason, pod.Message) = (IsAlone, $"node {Connectivity.Of(members)}");
        pod.Notes.Add(IsAlone, "", pod.Message);
        Stop(pod, turn);
        return true;
    }
}
