using Gossip.Core.Disruption;
using Gossip.Core.Membership;
using Gossip.Core.Pods.Departures;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Scheduling;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Disruption;

/// <summary>One of three nodes, which has all pods; the test plays the keeper that its evictions ask.</summary>
public class RebalancerTests
{
    /// <summary>Periods in a row for which it must be the fullest.</summary>
    const int Periods = 3;

    readonly NodeTimings timings = NodeTimings.Lan;
    readonly TestNode desk;
    readonly Outbox outbox;
    readonly Evictor evictor;
    readonly Rebalancer rebalancer;

    public RebalancerTests() : this(pods: 2) { }

    RebalancerTests(int pods, int milliCpu = 1500, string mayMove = "true")
    {
        var template = """
            {"metadata":{"annotations":{"gossip.dev/rebalance":"ALLOWS"}},
             "spec":{"runtimeClassName":"process","containers":[{"name":"web","resources":{"requests":{"cpu":"CPUm"}}}]}}
            """.Replace("ALLOWS", mayMove, StringComparison.Ordinal).Replace("CPU", $"{milliCpu}", StringComparison.Ordinal);
        desk = new TestNode(rank: 2, replicas: pods, template: template, nodes: 3).Start().Sync();
        for (var i = 0; i < pods; i++) RunHere(desk.Pods[i], (ulong)i + 1);
        var card = desk.Find(desk.Self)!.Card;
        var config = new NodeConfig(card, [], timings, 1, 1);
        outbox = new Outbox(desk.Self) { Boot = 1, Address = card.Address };
        var budgets = new BudgetKeeper(config, desk.Slots, desk.Budgets, desk, desk.Tables, desk.Tables, outbox);
        evictor = new Evictor(desk.Slots, desk, budgets, outbox);
        rebalancer = new Rebalancer(config, desk.Slots, desk.Placed, desk.Hearsay, desk, desk.Room.Books, new MoveReasons(), evictor);
    }

    Turn Turn => new(desk.Now, desk);

    void RunHere(PodId pod, ulong auction)
    {
        var run = new PodRun(pod, new Epoch(1));
        desk.Hear(desk.Others[0], new Ask(auction, run));
        desk.Hear(desk.Others[0], new Award(auction, run, new Victory(9, 2)));
        desk.Report(new PodPrepared(run, "127.0.0.9"));
        desk.Report(new ContainerStarted(run, "web", 0, desk.Now.Wall));
    }

    /// <summary>So many periods pass. Returns whom it asked to have evicted.</summary>
    EvictionAsk[] Tick(int times = Periods)
    {
        for (var i = 0; i < times; i++) rebalancer.OnTimer(new NodeTimer(NodeTimerKind.RebalanceDue), Turn);
        var said = outbox.TakeLooped();
        var asks = new List<EvictionAsk>();
        while (Envelope.TryNext(ref said, out _, out var body, out _)) asks.Add(Codec.Read<EvictionAsk>(body));
        return [.. asks];
    }

    void Answer(EvictionAsk ask, EvictionVerdict verdict)
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, new EvictionReply(ask.Number, ask.Run, verdict, ""));
        var body = buffer.WrittenMemory[Limits.MessageHeader..];
        evictor.OnMessage(new Message(MessageKind.EvictionReply, body, desk.Self, NodeAddress.None), Turn);
    }

    [Fact]
    public void The_fullest_node_gives_up_one_pod_after_three_periods_and_no_second_one_meanwhile()
    {
        Assert.Empty(Tick(Periods - 1));
        var ask = Assert.Single(Tick(1));
        Assert.Contains(ask.Run.Pod, desk.Pods);
        Assert.Empty(Tick(2 * Periods));
        Answer(ask, EvictionVerdict.Granted);
        Assert.Equal(1, rebalancer.Moves);
    }

    [Fact]
    public void A_pod_that_was_given_up_stays_if_it_comes_back_and_longer_each_time()
    {
        var pods = new List<PodId>();
        foreach (var _ in desk.Pods)
        {
            var ask = Assert.Single(Tick());
            pods.Add(ask.Run.Pod);
            Answer(ask, EvictionVerdict.Granted);
        }
        Assert.Equal(desk.Pods, pods.Order());
        Assert.Empty(Tick());
        desk.Pass(60 * timings.RebalancePeriod);
        foreach (var _ in desk.Pods) Answer(Assert.Single(Tick()), EvictionVerdict.Granted);
        desk.Pass(60 * timings.RebalancePeriod);
        Assert.Empty(Tick());
        desk.Pass(60 * timings.RebalancePeriod);
        Assert.Single(Tick());
    }

    [Fact]
    public void What_its_budget_forbids_is_no_move_and_is_tried_again()
    {
        var first = Assert.Single(Tick());
        Answer(first, EvictionVerdict.Forbidden);
        Assert.Equal(0, rebalancer.Moves);
        Assert.Equal(first.Run, Assert.Single(Tick()).Run);
    }

    [Fact]
    public void A_node_that_is_not_the_fullest_leaves_it_to_who_is()
    {
        desk.Change(desk.Others[0], member => member with { Capacity = member.Capacity with { Version = 2, Free = Resources.Zero } });
        Assert.Empty(Tick());
    }

    [Fact]
    public void A_hot_spot_that_ends_between_two_periods_is_counted_from_the_start()
    {
        Assert.Empty(Tick(Periods - 1));
        var other = desk.Others[0];
        var before = desk.Find(other)!;
        desk.Change(other, member => member with { Capacity = member.Capacity with { Version = 2, Free = Resources.Zero } });
        Assert.Empty(Tick(1));
        desk.Change(other, _ => before);
        Assert.Empty(Tick(Periods - 1));
        Assert.Single(Tick(1));
    }

    [Fact]
    public void Pods_that_do_not_allow_it_stay() => Assert.Empty(new RebalancerTests(pods: 2, mayMove: "false").Tick());

    [Fact]
    public void A_gap_of_less_than_a_quarter_is_left() => Assert.Empty(new RebalancerTests(pods: 2, milliCpu: 400).Tick());

    [Fact]
    public void A_pod_whose_move_would_only_carry_the_load_elsewhere_stays() =>
        Assert.Empty(new RebalancerTests(pods: 1, milliCpu: 3000).Tick());
}
