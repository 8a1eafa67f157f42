using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;

namespace Gossip.Core.Tests.Scheduling;

/// <summary>One round for several alike pods. Sixteen nodes: four pods a round, ten nodes asked.</summary>
public class BatchTests
{
    const int Batch = 4, Asked = 10;

    /// <summary>No two of them in one zone.</summary>
    const string OnePerZone = """{"metadata":{"labels":{"app":"hello"}},"spec":{"runtimeClassName":"process","containers":[{"name":"web"}],"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"zone","labelSelector":{"matchLabels":{"app":"hello"}}}]}}}}""";

    static TestNode Of(int replicas = Batch, string? template = null) =>
        template is null ? new TestNode(replicas: replicas, nodes: 16) : new TestNode(replicas: replicas, nodes: 16, template: template);

    /// <summary>Asks of one round are out; returns its number, the run that it asks about and whom.</summary>
    static (ulong Auction, PodRun Lead, NodeId[] Asked) Called(TestNode desk)
    {
        var asks = desk.Take<Ask>();
        var first = Assert.Single(asks.Select(ask => ask.Message).Distinct());
        return (first.Auction, first.Run, [.. asks.Select(ask => ask.To)]);
    }

    static PodRun RunOf(TestNode desk, int ordinal) => new(desk.Pods[ordinal], new Epoch(1));

    static Refusal Full(ulong auction, PodRun run) => new(auction, run, 1, 1, 0, "full");

    [Fact]
    public void One_round_serves_several_alike_pods_and_each_gets_a_bid_of_its_own()
    {
        var desk = Of().Start();
        var (auction, lead, asked) = Called(desk);
        Assert.Equal(Asked, asked.Length);
        for (var i = 0; i < Asked; i++) desk.Hear(asked[i], new Bid(auction, lead, 100 * i, $"b{i}"));
        var awards = desk.Take<Award>();
        Assert.Equal(desk.Pods, awards.Select(award => award.Message.Run.Pod).Order());
        foreach (var (to, award) in awards)
        {
            Assert.Equal(asked[Asked - 1 - desk.Pods.IndexOf(award.Run.Pod)], to); // the first has the best, the next what is left
            Assert.Equal(lead, award.Asked);
            Assert.Equal(award.Run == lead, award.BidFor is null);
        }
        Assert.Equal(asked[..4].Order(), desk.Take<Release>().Select(release => release.To).Order()); // two stay in reserve

        foreach (var (to, award) in awards) desk.Hear(to, new Verdict(auction, award.Run, true, ""));
        Assert.Equal(asked[4..6].Order(), desk.Take<Release>().Select(release => release.To).Order());
        var second = desk.Slots.Find(desk.Pods[1])!.Summary!;
        Assert.Equal(asked[8], second.Winner);
        Assert.Equal([800, 700, 600], second.Answers.Take(3).Select(answer => answer.Score)); // the best was gone by then
        Assert.Equal((Asked, Asked - 1, RoundSummary.AnswersOfPlaced), (second.Asked, second.Head.Bids, second.Answers.Length)); // counts tell of those that are not shown
        Assert.Equal("won with 800 over 8 other bids", awards.Single(award => award.Message.Run == RunOf(desk, 1)).Message.Won.ToString());
        Assert.Empty(desk.Take<Ask>());
    }

    [Fact]
    public void A_small_cluster_calls_each_pod_alone() =>
        Assert.Equal(4, new TestNode(replicas: 4, nodes: 7).Start().Take<Ask>().Select(ask => ask.Message.Run).Distinct().Count());

    [Fact]
    public void A_bursts_rounds_are_as_many_as_before_and_each_serves_a_batch()
    {
        var asks = Of(replicas: 64).Start().Take<Ask>();
        Assert.Equal(4, asks.Select(ask => ask.Message.Run).Distinct().Count());
        Assert.Equal(4, asks.Select(ask => ask.Message.Run.Pod.Ordinal / Batch).Distinct().Count());
    }

    [Fact]
    public void A_refused_award_goes_to_a_reserve_and_the_others_stand()
    {
        var desk = Of().Start();
        var (auction, lead, asked) = Called(desk);
        for (var i = 0; i < Asked; i++) desk.Hear(asked[i], new Bid(auction, lead, 100 * i, ""));
        desk.Take<Award>();
        desk.Hear(asked[8], new Verdict(auction, RunOf(desk, 1), false, "the bid is over"));
        var award = Assert.Single(desk.Take<Award>());
        Assert.Equal(asked[5], award.To);
        Assert.Equal(RunOf(desk, 1), award.Message.Run);
    }

    [Fact]
    public void Who_finds_no_bid_left_is_called_again_at_once_and_was_not_refused()
    {
        var desk = Of().Start();
        var (auction, lead, asked) = Called(desk);
        desk.Hear(asked[0], new Bid(auction, lead, 500, ""));
        desk.Hear(asked[1], new Bid(auction, lead, 600, ""));
        foreach (var node in asked[2..]) desk.Hear(node, Full(auction, lead));
        Assert.Equal(2, desk.Take<Award>().Length);
        var (next, _, again) = Called(desk);
        Assert.NotEqual(auction, next);
        Assert.Equal(4 + 2, again.Length); // two pods, and no wider for having been called before
        Assert.Null(desk.Slots.Find(desk.Pods[3])!.Summary);
    }

    [Fact]
    public void Where_nobody_bids_all_come_off_empty_with_the_same_answers_and_are_called_together_again()
    {
        var desk = Of().Start();
        var (auction, lead, asked) = Called(desk);
        foreach (var node in asked) desk.Hear(node, Full(auction, lead));
        Assert.Empty(desk.Take<Ask>());
        foreach (var pod in desk.Pods)
        {
            var summary = desk.Slots.Find(pod)!.Summary!;
            Assert.Equal(pod, summary.Run.Pod);
            Assert.Equal(asked.Order(), summary.Answers.Select(answer => answer.Node).Order());
        }
        desk.Pass(desk.Timings.RoundBackoffLeast * 1.25 + TimeSpan.FromMilliseconds(60));
        Assert.Equal(8 + 6, Called(desk).Asked.Length); // twice as wide
    }

    [Fact]
    public void An_unanswered_award_holds_up_nobody_else()
    {
        var desk = Of().Start();
        var (auction, lead, asked) = Called(desk);
        for (var i = 0; i < Asked; i++) desk.Hear(asked[i], new Bid(auction, lead, 100 * i, ""));
        foreach (var (to, award) in desk.Take<Award>())
            if (award.Run.Pod.Ordinal != 2) desk.Hear(to, new Verdict(auction, award.Run, true, ""));
        desk.Pass(desk.Timings.BidValidity);
        Assert.All(desk.Take<Award>(), award => Assert.Equal((asked[7], RunOf(desk, 2)), (award.To, award.Message.Run)));
        desk.Pass(desk.Timings.RoundBackoffLeast * 2 + 4 * desk.Timings.AuctionWindow);
        Assert.Equal(RunOf(desk, 2), desk.Take<Ask>()[0].Message.Run);
    }

    [Fact]
    public void Rules_between_pods_hold_within_a_batch()
    {
        var desk = Of(template: OnePerZone);
        foreach (var (node, at) in desk.Ring.Select((node, at) => (node, at)))
            desk.Change(node, member => member with { Card = member.Card with { Labels = Labels.Of(("zone", at % 2 == 0 ? "even" : "odd")) } });
        desk.Start();
        var zones = desk.Ring.Select((node, at) => (node, at % 2)).ToDictionary();
        var (auction, lead, asked) = Called(desk);
        foreach (var node in asked) desk.Hear(node, new Bid(auction, lead, 500, ""));
        var awards = desk.Take<Award>();
        Assert.Equal(2, awards.Length);
        Assert.Equal(2, awards.Select(award => zones[award.To]).Distinct().Count());
    }

    /// <summary>A2: the same bids, the same winners, in whatever order they arrived.</summary>
    [Property(MaxTest = 40)]
    public void Who_has_which_pod_does_not_depend_on_the_order_of_arrival(byte[] scores, ulong seed)
    {
        (PodRun, NodeId)[] Won(RandomStream? random)
        {
            var desk = Of().Start();
            var (auction, lead, asked) = Called(desk);
            var answers = asked.Select((node, i) => (Node: node, Score: i < scores.Length ? scores[i] % 5 - 1 : -1)).ToArray();
            random?.Shuffle(answers.AsSpan());
            foreach (var (node, score) in answers)
            {
                if (score < 0) desk.Hear(node, Full(auction, lead));
                else desk.Hear(node, new Bid(auction, lead, score, ""));
            }
            return [.. desk.Take<Award>().Select(award => (award.Message.Run, award.To)).OrderBy(won => won.Run.Pod)];
        }

        var first = Won(null);
        Assert.Equal(Math.Min(Batch, scores.Take(Asked).Count(score => score % 5 > 0)), first.Length);
        Assert.Equal(first, Won(new RandomStream(seed)));
    }

    [Fact]
    public void A_bid_is_good_for_any_alike_pod()
    {
        var desk = new TestNode(rank: 3, replicas: 2).Start().Sync();
        desk.Hear(desk.Ring[0], new Ask(1, RunOf(desk, 0)));
        desk.Take<Bid>();
        desk.Hear(desk.Ring[0], new Award(1, RunOf(desk, 1), new Victory(9, 2), RunOf(desk, 0)));
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message is { Admitted: true, Run.Pod.Ordinal: 1 });
        Assert.Equal(desk.Self, Assert.Single(desk.Slots.Find(desk.Pods[1])!.Admissions).Node);
        desk.Hear(desk.Ring[0], new Award(1, RunOf(desk, 0), new Victory(8, 2)));
        Assert.False(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        Assert.Empty(desk.Admissions);
    }

    [Fact]
    public void A_bid_is_no_good_for_another_sort_of_pod()
    {
        var desk = new TestNode(rank: 3, replicas: 2).Start().Sync();
        desk.Hear(desk.Ring[0], new Ask(1, RunOf(desk, 0)));
        var other = RunOf(desk, 1) with { Pod = desk.Pods[1] with { Template = 77 } };
        desk.Hear(desk.Ring[0], new Award(1, other, new Victory(9, 2), RunOf(desk, 0)));
        Assert.Equal("the bid is over", Assert.Single(desk.Take<Verdict>()).Message.Why);
    }

    [Fact]
    public void Who_bids_for_two_alike_pods_and_has_one_holds_room_for_the_other_no_more()
    {
        var desk = new TestNode(rank: 3, replicas: 2).Start().Sync();
        desk.Hear(desk.Ring[0], new Ask(1, RunOf(desk, 0)));
        desk.Hear(desk.Ring[0], new Ask(2, RunOf(desk, 1)));
        desk.Hear(desk.Ring[0], new Award(1, RunOf(desk, 1), new Victory(9, 2), RunOf(desk, 0)));
        Assert.True(Assert.Single(desk.Take<Verdict>()).Message.Admitted);
        Assert.Empty(desk.Room.Books.Reservations);
        Assert.Equal(1, desk.Room.Books.Count);
    }
}
