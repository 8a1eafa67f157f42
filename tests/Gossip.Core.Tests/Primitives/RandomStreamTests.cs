using FsCheck.Xunit;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Primitives;

public class RandomStreamTests
{
    [Property]
    public bool Draws_below_a_bound_stay_below_it(ulong seed, int bound)
    {
        var least = Math.Max(1, bound == int.MinValue ? 1 : Math.Abs(bound));
        var drawn = new RandomStream(seed).Below(least);
        return drawn >= 0 && drawn < least;
    }

    [Property]
    public bool A_purpose_has_a_stream_of_its_own(ulong seed)
    {
        var random = new RandomStream(seed);
        var first = random.For("probe").Next();
        random.For("gossip").Next();
        return first == random.For("probe").Next() && first != random.For("gossip").Next();
    }

    [Property]
    public bool A_shuffle_keeps_what_it_shuffles(ulong seed, int[] items)
    {
        var shuffled = items.ToArray();
        new RandomStream(seed).Shuffle<int>(shuffled);
        return shuffled.Order().SequenceEqual(items.Order());
    }
}
