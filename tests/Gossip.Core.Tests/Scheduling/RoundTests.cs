using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Tests.Scheduling;

public class RoundTests
{
    readonly Round round = new(1, Some.Run(0));

    Candidate Ask(ulong node)
    {
        var candidate = new Candidate(new NodeId(node), NodeAddress.None);
        round.Asked.Add(candidate);
        return candidate;
    }

    void Join(int pods)
    {
        for (var ordinal = pods - 1; ordinal >= 0; ordinal--) round.Auctions.Add(new Auction(Some.Run(ordinal).Pod, 0, null));
    }

    [Fact]
    public void It_goes_on_for_as_many_pods_as_nodes_were_asked_in_order_of_their_ordinals()
    {
        Join(3);
        Ask(1);
        Ask(2);
        round.Begin(someFit: true, hasAskedAll: true, mayEvict: false);
        Assert.True(round.IsBatch);
        Assert.Equal([1, 2], round.Auctions.Select(auction => auction.Pod.Ordinal));
    }

    [Fact]
    public void Where_nobody_looks_feasible_all_its_pods_hear_the_same_refusals()
    {
        Join(3);
        round.Begin(someFit: false, hasAskedAll: true, mayEvict: false);
        Assert.Equal(3, round.Auctions.Count);
    }

    [Fact]
    public void Its_window_is_extended_twice_while_most_are_silent()
    {
        Ask(1).TakeBid(5);
        Ask(2);
        Ask(3);
        Assert.True(round.TryExtendWindow());
        Assert.True(round.TryExtendWindow());
        Assert.False(round.TryExtendWindow());
    }

    [Fact]
    public void Its_window_is_not_extended_for_a_half_that_is_silent()
    {
        Ask(1).Refuse("full");
        Ask(2);
        Assert.False(round.TryExtendWindow());
    }

    [Theory, InlineData(1, 1), InlineData(2, 2)]
    public void The_best_bids_that_are_left_stay_in_reserve_one_of_a_single_pod_two_of_a_batch(int pods, int reserves)
    {
        Join(pods);
        for (var node = 1; node <= 4; node++) Ask((ulong)node).TakeBid(node);
        round.Begin(someFit: true, hasAskedAll: true, mayEvict: false);
        round.Find(new NodeId(4))!.Win(round.NextTurn());
        var turn = round.KeepReserves();
        var kept = round.Asked.Where(candidate => candidate.PassedAt == turn).Select(candidate => candidate.Score);
        Assert.Equal(Enumerable.Range(4 - reserves, reserves), kept.Order());
    }

    [Fact]
    public void It_may_be_called_again_after_the_least_time_that_somebody_told()
    {
        Assert.Equal(TimeSpan.Zero, round.AskAgain());
        Ask(1).Refuse("full");
        Ask(2).Refuse("reserved", TimeSpan.FromSeconds(3));
        Ask(3).Refuse("reserved", TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), round.AskAgain());
    }
}
