using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Departures;

/// <summary>
/// Some pods would rather not run than run on the smaller side of a partition (<c>gossip.dev/when-alone: stop</c>). They end when
/// their node has seen no majority for their loss grace: about when the greater side replaces them. Nobody who is alone bids for them.
/// </summary>
sealed class AloneDeparture(NodeTimings timings, IMemberList members) : IDeparture
{
    Instant? aloneSince;

    /// <summary>
    /// A member changed. True when the node has become alone or is so no more: the pods that stop then are to be looked at.
    /// </summary>
    public bool HasChanged(in MemberChange change, Turn turn)
    {
        if (change.Before?.State == change.After?.State) return false;
        if (Connectivity.Of(members).IsAlone == aloneSince is not null) return false;
        aloneSince = aloneSince is null ? turn.Monotonic : null;
        return true;
    }

    public Departure? Judge(KeptPod pod, Turn turn)
    {
        if (!pod.Template.StopsAlone || aloneSince is not { } since || pod.IsEnding) return null;
        var due = since + (pod.Template.LossGrace ?? timings.LossGrace);
        if (turn.Monotonic >= due) return new Departure(PodReasons.Alone, $"node {Connectivity.Of(members)}") { IsNoted = true };
        pod.Alarm.LookAt(due);
        return null;
    }
}
