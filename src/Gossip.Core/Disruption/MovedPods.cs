using Gossip.Core.Primitives;

namespace Gossip.Core.Disruption;

/// <summary>
/// Pods that this node gave up for another node. One that comes back all the same (the other refused it for what hearsay does not
/// tell) stays for a while, each time for twice as long, so that no pod goes to and fro.
/// </summary>
/// <param name="stays">For how long the first time.</param>
sealed class MovedPods(TimeSpan stays)
{
    static readonly TimeSpan StaysMost = TimeSpan.FromDays(1);
    const int RememberedMost = 4096;

    readonly Dictionary<PodId, (Instant Until, TimeSpan For)> givenUp = []; // looked up only

    /// <summary>Moves granted in this life of the node.</summary>
    public int Count { get; private set; }

    public bool Stays(PodId pod, Instant now) => givenUp.TryGetValue(pod, out var before) && now < before.Until;

    public void Add(PodId pod, Instant now)
    {
        Count++;
        if (givenUp.Count >= RememberedMost) givenUp.Clear();
        var next = givenUp.TryGetValue(pod, out var before) ? 2 * before.For : stays;
        if (next > StaysMost) next = StaysMost;
        givenUp[pod] = (now + next, next);
    }
}
