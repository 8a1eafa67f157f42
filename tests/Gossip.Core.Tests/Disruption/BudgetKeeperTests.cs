using Gossip.Core.Disruption;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using static Gossip.Core.Tests.Tables.TestCluster;

namespace Gossip.Core.Tests.Disruption;

/// <summary>The keeper of a budget of three pods on three nodes, one of which may be missing.</summary>
public class BudgetKeeperTests
{
    readonly TestCluster cluster = new();
    readonly Outbox outbox = new(NodeId.Of("n0"));
    readonly BudgetKeeper keeper;
    ulong numbers;

    public BudgetKeeperTests()
    {
        cluster.Create("hello", 3);
        for (var i = 0; i < 3; i++) cluster.Admit(cluster.Wanted[i], $"n{i}");
        cluster.Create(
            new ObjectName(PodDisruptionBudgetKind.Kind, "default", "hello"),
            Field("spec.maxUnavailable", "1"), Field("spec.selector", "{}"));
        var card = cluster.Members.Find(NodeId.Of("n0"))!.Card;
        keeper = new BudgetKeeper(new NodeConfig(card, [], NodeTimings.Lan, 1, 1), cluster.Slots, cluster.Budgets, cluster.Members, cluster.Tables, cluster.Tables, outbox);
        cluster.Members.Self = keeper.KeeperOf(cluster.Wanted[0]);
        keeper.Start(new Turn(cluster.Now, cluster.Effects));
        keeper.OnSynced(new Turn(cluster.Now, cluster.Effects));
        cluster.Pass(TimeSpan.FromMinutes(1));
    }

    PodRun Run(int pod) => new(cluster.Wanted[pod].Id, new Epoch(1));

    void Ask(PodRun run, bool runs = true, bool dryRun = false)
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, new EvictionAsk(++numbers, run, runs, dryRun));
        keeper.OnMessage(
            new Message(MessageKind.EvictionAsk, buffer.WrittenMemory[Limits.MessageHeader..], cluster.Members.Self, NodeAddress.None),
            new Turn(cluster.Now, cluster.Effects));
    }

    /// <summary>What was answered since the last look, in order.</summary>
    EvictionReply[] Answers()
    {
        var said = outbox.TakeLooped();
        var answers = new List<EvictionReply>();
        while (Envelope.TryNext(ref said, out _, out var body, out _)) answers.Add(Codec.Read<EvictionReply>(body));
        return [.. answers];
    }

    EvictionVerdict Answer() => Assert.Single(Answers()).Verdict;

    [Fact]
    public void Of_two_that_ask_at_once_one_gets_the_last_disruption_though_the_log_has_it_not_yet()
    {
        Ask(Run(0));
        Ask(Run(1));
        Assert.Equal("The disruption budget hello needs 2 healthy pods and has 3 currently", Assert.Single(Answers()).Why);
        cluster.Settle();
        Assert.Equal(EvictionVerdict.Granted, Answer());
        Assert.Equal(new Epoch(2), cluster.Wanted[0].LeastEpoch);
        Assert.Equal(RunEnd.Evicted, cluster.Wanted[0].LeastBecause);
        Ask(Run(1));
        Assert.Equal(EvictionVerdict.Forbidden, Answer());
        cluster.Admit(cluster.Wanted[0], "n1");
        Ask(Run(1));
        cluster.Settle();
        Assert.Equal(EvictionVerdict.Granted, Answer());
    }

    [Fact]
    public void What_is_asked_twice_is_ended_once_and_what_has_ended_is_granted()
    {
        Ask(Run(0));
        Ask(Run(0));
        cluster.Settle();
        Assert.Equal(EvictionVerdict.Granted, Answer());
        Ask(Run(0));
        Assert.Equal(EvictionVerdict.Granted, Answer());
        Assert.Equal(new Epoch(2), cluster.Wanted[0].LeastEpoch);
    }

    [Fact]
    public void Only_asked_whether_it_ends_nothing()
    {
        Ask(Run(0), dryRun: true);
        Assert.Equal(EvictionVerdict.Granted, Answer());
        cluster.Settle();
        Assert.Equal(Epoch.None, cluster.Wanted[0].LeastEpoch);
    }

    [Fact]
    public void A_node_that_is_not_the_keeper_or_became_it_a_moment_ago_says_not_yet()
    {
        var before = cluster.Members.Self;
        cluster.Members.Self = cluster.Members.Live.ToArray().First(member => member.Id != before).Id;
        Ask(Run(0));
        Assert.Equal(EvictionVerdict.NotYet, Answer());
        cluster.Member(cluster.Members.Find(before)!.Name, MemberState.Dead);
        cluster.Members.Self = keeper.KeeperOf(cluster.Wanted[0]);
        Ask(Run(0));
        Assert.Equal(EvictionVerdict.NotYet, Answer());
    }

    [Fact]
    public void Pods_of_a_node_that_came_back_a_moment_ago_are_not_counted_upon()
    {
        cluster.Member(cluster.Members.Live.ToArray().First(member => member.Id != cluster.Members.Self).Name, MemberState.Alive);
        var pod = Array.FindIndex(cluster.Wanted, slot => slot.Admissions[0].Node == cluster.Members.Self);
        Ask(Run(pod));
        Assert.Equal(EvictionVerdict.Forbidden, Answer());
        cluster.Pass(TimeSpan.FromSeconds(5));
        Ask(Run(pod), dryRun: true);
        Assert.Equal(EvictionVerdict.Granted, Answer());
    }

    [Fact]
    public void What_the_keeper_has_not_heard_of_it_does_not_judge()
    {
        Ask(Run(0) with { Epoch = new Epoch(9) });
        Assert.Equal(EvictionVerdict.NotYet, Answer());
        cluster.Create(Deployment("late"), Fields(1));
        var late = new PodRun(cluster.Wanted.Single(slot => slot.Workload.Name == "late").Id, new Epoch(1));
        Ask(late);
        Assert.Equal(EvictionVerdict.NotYet, Answer());
    }
}
