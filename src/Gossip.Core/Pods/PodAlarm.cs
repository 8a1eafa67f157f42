using System.Diagnostics.CodeAnalysis;
using Gossip.Core.Primitives;

namespace Gossip.Core.Pods;

/// <summary>A pod's one alarm: set for the earliest moment at which anything of the pod is due.</summary>
sealed class PodAlarm
{
    Instant? next; // as found by the present look
    Instant? set; // a timer is set for it

    /// <summary>A new look begins: it finds anew what is due.</summary>
    public void Clear() => next = null;

    /// <summary>Makes sure that the pod is looked at by then.</summary>
    public void LookAt(Instant at)
    {
        if (next is null || at < next) next = at;
    }

    /// <summary>
    /// True when a timer has to be set, for <paramref name="due"/>; false when nothing is due or an earlier timer is set.
    /// </summary>
    public bool TrySet([NotNullWhen(true)] out Instant? due)
    {
        due = next;
        if (due is null || set <= due) return false;
        set = due;
        return true;
    }

    /// <summary>A timer rings. False for one that an earlier timer has replaced since.</summary>
    /// <param name="at">What it was set for, in ticks.</param>
    public bool Rings(ulong at)
    {
        if (set is not { } alarm || (ulong)alarm.Ticks != at) return false;
        set = null;
        return true;
    }
}
