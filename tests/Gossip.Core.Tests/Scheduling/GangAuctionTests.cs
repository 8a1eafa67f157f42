using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tests.Tables;
using Gossip.Core.View;

namespace Gossip.Core.Tests.Scheduling;

/// <summary>A deployment whose pods are a gang, called by the desk's node; the test answers for every node that is asked.</summary>
public class GangAuctionTests
{
    static string Template(string gang) => TestCluster.Template.Replace("\"labels\"", $"\"annotations\":{{\"gossip.dev/gang\":\"{gang}\"}},\"labels\"", StringComparison.Ordinal);

    static TestNode Of(int replicas, string gang) => new TestNode(replicas: replicas, template: Template(gang)).Start();

    /// <summary>Answers every ask until none comes; returns the pods that somebody bid for.</summary>
    static List<PodRun> Answer(TestNode desk, Func<PodRun, NodeId, bool> bids)
    {
        var held = new List<PodRun>();
        for (var asks = desk.Take<Ask>(); asks.Length > 0; asks = desk.Take<Ask>())
            foreach (var (to, ask) in asks)
                if (!bids(ask.Run, to)) desk.Hear(to, new Refusal(ask.Auction, ask.Run, 1, 1, 0, "full"));
                else
                {
                    if (!held.Contains(ask.Run)) held.Add(ask.Run);
                    desk.Hear(to, new Bid(ask.Auction, ask.Run, 500, ""));
                }
        return held;
    }

    static string Pending(TestNode desk, int pod) => new ViewBuilder(desk.Slots, desk.Budgets, desk).Build(desk.Now).Pods.Single(view => view.Id == desk.Pods[pod]).PendingBecause;

    [Fact]
    public void No_pod_is_awarded_before_the_bids_of_all_that_are_needed_stand()
    {
        var desk = Of(6, "train/6");
        var asks = desk.Take<Ask>();
        Assert.Equal(4, asks.Select(ask => ask.Message.Run).Distinct().Count());
        var last = asks[^1].Message.Run;
        foreach (var (to, ask) in asks)
            if (ask.Run != last) desk.Hear(to, new Bid(ask.Auction, ask.Run, 500, ""));
        while (desk.Take<Ask>() is { Length: > 0 } more)
            foreach (var (to, ask) in more) desk.Hear(to, new Bid(ask.Auction, ask.Run, 500, ""));
        Assert.Empty(desk.Take<Award>());
        foreach (var (to, ask) in asks)
            if (ask.Run == last) desk.Hear(to, new Bid(ask.Auction, ask.Run, 500, ""));
        Assert.Equal(6, desk.Take<Award>().Select(award => award.Message.Run).Distinct().Count());
    }

    [Fact]
    public void What_cannot_all_be_had_is_all_let_go_and_the_pods_say_how_many_fit()
    {
        var desk = Of(8, "train/8");
        var fit = new HashSet<PodRun>();
        Answer(desk, (run, _) => fit.Contains(run) || fit.Count < 5 && fit.Add(run));
        Assert.Empty(desk.Take<Award>());
        Assert.Equal(fit, [.. desk.Take<Release>().Select(release => release.Message.Run)]);
        for (var pod = 0; pod < 8; pod++) Assert.StartsWith("gang train needs 8 together, 5 fit; of the next, 0/5 nodes fit: full (5)", Pending(desk, pod), StringComparison.Ordinal);
        Assert.Empty(desk.Take<Ask>());
        desk.Pass(2 * desk.Timings.RoundBackoffLeast + TimeSpan.FromMilliseconds(100));
        Assert.Equal(8, Answer(desk, (_, _) => true).Count);
        Assert.Equal(8, desk.Take<Award>().Length);
    }

    [Fact]
    public void A_bid_is_held_by_asking_for_it_again_before_it_ends()
    {
        var desk = Of(2, "pair/2");
        var first = desk.Take<Ask>().Select(ask => ask.Message.Run).Distinct().First();
        desk = Of(2, "pair/2");
        var bidder = NodeId.None;
        foreach (var (to, ask) in desk.Take<Ask>())
            if (ask.Run == first) desk.Hear(bidder = to, new Bid(ask.Auction, ask.Run, to == desk.Self ? 900 : 500, ""));
        desk.Pass(desk.Timings.BidValidity / 3);
        var again = Assert.Single(desk.Take<Ask>(), ask => ask.Message.Run == first);
        Assert.Equal(desk.Self, again.To);
        desk.Hear(again.To, new Refusal(again.Message.Auction, first, 1, 2, 0, "is cordoned now"));
        Assert.Contains(desk.Take<Ask>(), ask => ask.Message.Run == first && ask.Message.Auction != again.Message.Auction);
    }

    [Fact]
    public void Pods_beyond_the_minimum_are_called_on_their_own_once_the_gang_stands()
    {
        var desk = Of(5, "train/3");
        Assert.Equal(3, Answer(desk, (_, _) => true).Count);
        var awards = desk.Take<Award>();
        Assert.Equal(3, awards.Length);
        foreach (var (to, award) in awards) desk.Hear(to, new Verdict(award.Auction, award.Run, true, ""));
        var rest = Answer(desk, (run, _) => run.Pod == desk.Pods[3]);
        Assert.Equal([desk.Pods[3]], rest.Select(run => run.Pod));
        Assert.Single(desk.Take<Award>());
    }

    [Fact]
    public void A_gang_of_which_too_few_pods_exist_is_not_called_and_says_so()
    {
        var desk = Of(2, "train/3");
        desk.Pass(TimeSpan.FromSeconds(30));
        Assert.Empty(desk.Take<Ask>());
        Assert.Equal("gang train needs 3 together, 2 exist", Pending(desk, 0));
        desk.Create(TestCluster.Deployment("more"), ("spec.replicas", "1"), ("spec.template", Template("train/3")));
        Assert.Equal(3, Answer(desk, (_, _) => true).Count);
    }

    [Fact]
    public void A_gang_with_two_minimums_is_not_called_and_says_so()
    {
        var desk = new TestNode(replicas: 2, template: Template("train/2"));
        desk.Create(TestCluster.Deployment("more"), ("spec.replicas", "1"), ("spec.template", Template("train/3")));
        desk.Start();
        desk.Pass(TimeSpan.FromSeconds(5));
        Assert.Empty(desk.Take<Ask>());
        Assert.Equal("gang train has two minimums, 2 and 3", Pending(desk, 0));
    }

    [Fact]
    public void What_one_refuses_at_its_award_is_called_again_at_once_while_the_others_wait()
    {
        var desk = Of(3, "train/3");
        Answer(desk, (_, _) => true);
        var awards = desk.Take<Award>();
        for (var i = 0; i < 3; i++) desk.Hear(awards[i].To, new Verdict(awards[i].Message.Auction, awards[i].Message.Run, i > 0, "full by now"));
        desk.Pass(100);
        Assert.Equal([awards[0].Message.Run], Answer(desk, (_, _) => true));
        Assert.Single(desk.Take<Award>());
    }

    [Fact]
    public void A_member_that_is_lost_later_is_called_on_its_own()
    {
        var desk = Of(3, "train/3");
        var rows = desk.Pods.Select((pod, i) => desk.Admit(desk.Others[i], 1, ready: true, pod: pod, status: status => status with { StartedAt = new WallTime(5) })).ToArray();
        desk.Take<Ask>();
        desk.Remove(rows[0]);
        Assert.Equal([new PodRun(desk.Pods[0], new Epoch(2))], Answer(desk, (_, _) => true));
        Assert.Single(desk.Take<Award>());
    }

    [Fact]
    public void A_gang_does_not_stand_by_members_whose_nodes_are_dead_though_their_grace_runs()
    {
        var desk = Of(3, "train/3");
        var rows = desk.Pods.Select((pod, i) => desk.Admit(desk.Others[i], 1, ready: true, pod: pod, status: status => status with { StartedAt = new WallTime(5) })).ToArray();
        desk.Die(desk.Others[1]);
        desk.Die(desk.Others[2]);
        desk.Take<Ask>();
        desk.Remove(rows[0]);
        desk.Pass(desk.Timings.LossGrace / 2);
        Assert.Empty(desk.Take<Ask>());
        desk.Pass(desk.Timings.LossGrace / 2);
        var (awards, held) = (Array.Empty<(NodeId, Award)>(), new HashSet<PodRun>());
        for (var i = 0; i < 20 && awards.Length == 0; i++)
        {
            held.UnionWith(Answer(desk, (_, _) => true));
            awards = desk.Take<Award>();
            desk.Pass(50);
        }
        Assert.Equal(3, held.Count);
        Assert.Equal(3, awards.Length);
    }

    [Fact]
    public void A_member_that_is_called_on_its_own_waits_for_the_others_when_they_are_lost_meanwhile()
    {
        var desk = Of(3, "train/3");
        var rows = desk.Pods.Select((pod, i) => desk.Admit(desk.Others[i], 1, ready: true, pod: pod, status: status => status with { StartedAt = new WallTime(5) })).ToArray();
        desk.Take<Ask>();
        desk.Remove(rows[0]);
        var asks = desk.Take<Ask>();
        Assert.All(asks, ask => Assert.Equal(desk.Pods[0], ask.Message.Run.Pod));
        desk.Remove(rows[1]);
        desk.Remove(rows[2]);
        foreach (var (to, ask) in asks) desk.Hear(to, new Bid(ask.Auction, ask.Run, 500, ""));
        Assert.Empty(desk.Take<Award>());
        Assert.Equal(asks.Length, desk.Take<Release>().Length);
        Assert.Equal(3, Answer(desk, (_, _) => true).Count);
        Assert.Equal(3, desk.Take<Award>().Length);
    }

    [Fact]
    public void A_gang_whose_every_member_was_lost_starts_together_again()
    {
        var desk = Of(3, "train/3");
        var rows = desk.Pods.Select((pod, i) => desk.Admit(desk.Others[i], 1, ready: true, pod: pod, status: status => status with { StartedAt = new WallTime(5) })).ToArray();
        desk.Take<Ask>();
        foreach (var row in rows) desk.Remove(row);
        desk.Pass(2000);
        var fit = new HashSet<PodRun>();
        Answer(desk, (run, _) => fit.Contains(run) || fit.Count < 2 && fit.Add(run));
        Assert.Empty(desk.Take<Award>());
    }

    [Fact]
    public void Of_two_gangs_of_one_auctioneer_the_second_waits_until_the_first_has_its_places_or_gives_up()
    {
        var desk = new TestNode(replicas: 2, template: Template("train/2"));
        foreach (var name in (string[])["a", "b", "c", "d", "e", "f", "g", "h"])
            desk.Create(TestCluster.Deployment(name), ("spec.replicas", "2"), ("spec.template", Template($"{name}/2")));
        desk.Start();
        desk.Pass(100);
        Assert.Single(desk.Take<Ask>().Select(ask => desk.Slots.Find(ask.Message.Run.Pod)!.Gang).Distinct());
    }
}
