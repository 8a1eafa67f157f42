using Gossip.Core.Membership;

namespace Gossip.Core.Scheduling;

/// <summary>How long an auction that found nobody waits: 250 ms, doubled with each empty round, to a minute.</summary>
static class RoundBackoff
{
    public static TimeSpan Of(int emptyRounds, NodeTimings timings)
    {
        var wait = timings.RoundBackoffLeast * (1L << Math.Clamp(emptyRounds - 1, 0, 20));
        return wait < timings.RoundBackoffMost ? wait : timings.RoundBackoffMost;
    }
}
