using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Tests.Scheduling;

public class AuctionTests
{
    static readonly TimeSpan least = TimeSpan.FromSeconds(1);

    readonly Auction auction = new(Some.Run(0).Pod, 0, null);

    static Instant At(double seconds) => new Instant(TimeSpan.TicksPerHour) + TimeSpan.FromSeconds(seconds);

    void RoundAt(double seconds)
    {
        auction.EnterRound(new Round(1, auction.Run), neighbours: 0, At(seconds));
        auction.LeaveRound();
    }

    [Fact]
    public void Of_rounds_that_fail_for_what_passes_by_itself_each_fourth_counts_as_empty()
    {
        for (var i = 0; i < 3; i++) auction.CountEmptyRound(passes: true);
        Assert.Equal(0, auction.EmptyRounds);
        Assert.False(auction.HasPassedOften);
        auction.CountEmptyRound(passes: true);
        Assert.Equal((1, 1), (auction.EmptyRounds, auction.FruitlessRounds));
        Assert.True(auction.HasPassedOften);
        auction.CountEmptyRound(passes: false);
        Assert.Equal((2, 2), (auction.EmptyRounds, auction.FruitlessRounds));
    }

    [Fact]
    public void News_ends_the_back_off_but_not_at_once_after_a_round_and_does_not_forget_that_rounds_were_fruitless()
    {
        RoundAt(0);
        auction.CountEmptyRound(passes: false);
        auction.WaitUntil(At(60));
        auction.Hasten(least, At(0.1));
        Assert.Equal(At(1), auction.NextRound);
        Assert.Equal((0, 1), (auction.EmptyRounds, auction.FruitlessRounds));
    }

    [Fact]
    public void News_changes_nothing_while_a_round_is_under_way_or_before_any_failed()
    {
        auction.WaitUntil(At(60));
        auction.Hasten(least, At(5));
        Assert.Equal(At(60), auction.NextRound);
        auction.CountEmptyRound(passes: false);
        auction.EnterRound(new Round(1, auction.Run), neighbours: 0, At(0));
        auction.Hasten(least, At(5));
        Assert.Equal(At(60), auction.NextRound);
    }

    [Fact]
    public void A_new_run_begins_anew()
    {
        RoundAt(0);
        auction.Open(At(0));
        auction.CountEmptyRound(passes: false);
        auction.Restart(Some.Run(0, epoch: 2), nextRound: At(3), now: At(2));
        Assert.Equal((0, 0, 0), (auction.EmptyRounds, auction.PassingRounds, auction.FruitlessRounds));
        Assert.Equal((AuctionStage.Waiting, At(3), At(2)), (auction.Stage, auction.NextRound, auction.LastSign));
        Assert.Null(auction.OpenSince);
    }
}
