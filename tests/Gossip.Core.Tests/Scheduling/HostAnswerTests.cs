using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;

namespace Gossip.Core.Tests.Scheduling;

public class HostAnswerTests
{
    static readonly SchedulingRules rules = SchedulingRules.Default.WithHostFilter("mine");

    static TestNode Open() => new TestNode(rank: 3, replicas: 100, rules: rules).Start().Sync();

    [Fact]
    public void Nothing_is_bid_or_reserved_before_the_host_app_answers()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        Assert.Empty(desk.Take<Bid>());
        Assert.Equal(0, desk.Room.Books.Count);
        desk.Answer(desk.Asked.Single().Number);
        Assert.Equal(1UL, Assert.Single(desk.Take<Bid>()).Message.Auction);
        Assert.Equal(1, desk.Room.Books.Count);
    }

    [Fact]
    public void The_host_app_is_not_asked_about_what_is_refused_anyway()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run with { Epoch = Epoch.None }));
        Assert.Single(desk.Take<Refusal>());
        Assert.Empty(desk.Asked);
    }

    [Fact]
    public void Its_refusal_goes_out_in_its_own_words()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Answer(desk.Asked.Single().Number, "mine: not on a Sunday");
        Assert.Equal("mine: not on a Sunday", Assert.Single(desk.Take<Refusal>()).Message.Why);
    }

    [Fact]
    public void An_answer_to_a_question_that_a_later_round_overtook_is_ignored()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Hear(desk.Ring[0], new Ask(2, desk.Run));
        desk.Answer(desk.Asked[0].Number);
        Assert.Empty(desk.Take<Bid>());
        desk.Answer(desk.Asked[1].Number);
        Assert.Equal(2UL, Assert.Single(desk.Take<Bid>()).Message.Auction);
    }

    [Fact]
    public void What_became_false_meanwhile_is_seen()
    {
        var desk = Open();
        desk.Hear(desk.Ring[0], new Ask(1, desk.Run));
        desk.Admit(desk.Ring[1], epoch: 1, ready: true); // somebody was quicker
        desk.Answer(desk.Asked.Single().Number);
        Assert.Empty(desk.Take<Bid>());
        Assert.Single(desk.Take<Refusal>());
    }

    [Fact]
    public void A_host_app_that_is_behind_is_not_asked_more_and_the_pods_are_asked_for_again_soon()
    {
        var desk = Open();
        for (var i = 0; i < 65; i++) desk.Hear(desk.Ring[0], new Ask((ulong)i + 1, new(desk.Pods[i], desk.Run.Epoch)));
        Assert.Equal(64, desk.Asked.Count);
        var refusal = Assert.Single(desk.Take<Refusal>()).Message;
        Assert.Equal("its host app's rules are behind", refusal.Why);
        Assert.True(refusal.AskAgainAfterMilliseconds > 0);
    }

    [Fact]
    public void A_rule_that_fails_is_a_condition_of_the_node_until_it_is_well_again()
    {
        var desk = Open();
        void Round(string fault)
        {
            desk.Hear(desk.Ring[0], new Ask((ulong)desk.Asked.Count + 1, desk.Run));
            desk.Answer(desk.Asked[^1].Number, fault.Length > 0 ? fault : null, fault);
            desk.Pass(200);
        }
        Round("host filter mine failed: no disk");
        Assert.Equal("host filter mine failed: no disk", desk.OwnCapacity.HostFault);
        Round("");
        Assert.Equal("host filter mine failed: no disk", desk.OwnCapacity.HostFault); // another pod may fail it at once
        desk.Pass(10_000);
        Round("");
        Assert.Equal("", desk.OwnCapacity.HostFault);
    }
}
