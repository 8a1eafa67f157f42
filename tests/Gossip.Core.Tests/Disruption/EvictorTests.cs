using Gossip.Core.Disruption;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Disruption;

/// <summary>The node that a user asks to evict one of three pods; the test plays the keeper of their budget.</summary>
public class EvictorTests
{
    readonly TestCluster cluster = new();
    readonly Outbox outbox = new(NodeId.Of("n0"));
    readonly Evictor evictor;
    ulong requests = 1000; // apart from those of the cluster's own users

    public EvictorTests()
    {
        cluster.Create("hello", 3);
        foreach (var slot in cluster.Wanted) cluster.Admit(slot, "n1");
        var config = new NodeConfig(cluster.Members.Find(NodeId.Of("n0"))!.Card, [], NodeTimings.Lan, 1, 1);
        var keeper = new BudgetKeeper(config, cluster.Slots, cluster.Budgets, cluster.Members, cluster.Tables, cluster.Tables, outbox);
        evictor = new Evictor(cluster.Slots, cluster.Members, keeper, outbox);
    }

    Turn Turn => new(cluster.Now, cluster.Effects);
    Slot Slot => cluster.Wanted[0];
    ObjectName Pod => new("Pod", "default", Slot.Name);
    PodRun Run => new(Slot.Id, new Epoch(1));

    ulong Evict(ObjectName pod, string uid = "", bool dryRun = false)
    {
        evictor.OnQuestion(new RequestId(++requests), new EvictPod(pod, uid, dryRun), Turn);
        return requests;
    }

    Reply? ReplyTo(ulong request) => cluster.Effects.Replies.GetValueOrDefault(request);

    Refused RefusalOf(ulong request) => Assert.IsType<Refused>(ReplyTo(request));

    EvictionAsk[] Asked()
    {
        var said = outbox.TakeLooped();
        var asks = new List<EvictionAsk>();
        while (Envelope.TryNext(ref said, out _, out var body, out _)) asks.Add(Codec.Read<EvictionAsk>(body));
        return [.. asks];
    }

    void Answer(EvictionAsk ask, EvictionVerdict verdict, string why = "") => Answer(new EvictionReply(ask.Number, ask.Run, verdict, why));

    void Answer(EvictionReply reply)
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, reply);
        var body = buffer.WrittenMemory[Limits.MessageHeader..];
        evictor.OnMessage(new Message(MessageKind.EvictionReply, body, NodeId.Of("n1"), NodeAddress.None), Turn);
    }

    /// <summary>The wait after a try is over.</summary>
    void Wait()
    {
        var (timer, after) = cluster.Effects.Wakes[^1];
        cluster.Pass(after);
        evictor.OnTimer(timer, Turn);
    }

    [Fact]
    public void The_keeper_is_asked_about_the_run_and_its_consent_is_the_answer()
    {
        var request = Evict(Pod);
        var ask = Assert.Single(Asked());
        Assert.Equal((Run, true, false), (ask.Run, ask.Runs, ask.DryRun));
        Assert.Null(ReplyTo(request));
        Answer(ask, EvictionVerdict.Granted);
        Assert.Equal(new Evicted(Pod, Run), ReplyTo(request));
    }

    [Fact]
    public void A_silent_keeper_is_asked_five_times_and_then_the_user_is_told_to_try_again()
    {
        var request = Evict(Pod);
        for (var i = 1; i < 5; i++) Wait();
        Assert.Equal(5, Asked().Length);
        Assert.Null(ReplyTo(request));
        Wait();
        Assert.Empty(Asked());
        Assert.Equal(new Refused(RefusedBecause.Unavailable, "the keeper of its disruption budget does not answer"), ReplyTo(request));
    }

    [Fact]
    public void A_keeper_that_cannot_say_yet_is_asked_again_and_its_reason_is_told_in_the_end()
    {
        var request = Evict(Pod);
        Answer(Assert.Single(Asked()), EvictionVerdict.NotYet, "it has not heard of it");
        Assert.Null(ReplyTo(request));
        for (var i = 0; i < 5; i++) Wait();
        Assert.Equal("it has not heard of it", RefusalOf(request).Message);
    }

    [Fact]
    public void The_timer_of_an_earlier_try_asks_nobody()
    {
        Evict(Pod);
        var (first, _) = cluster.Effects.Wakes[^1];
        Wait();
        Assert.Equal(2, Asked().Length);
        evictor.OnTimer(first, Turn);
        Assert.Empty(Asked());
    }

    [Theory]
    [InlineData(EvictionVerdict.Forbidden, RefusedBecause.Disrupted)]
    [InlineData(EvictionVerdict.Ambiguous, RefusedBecause.Invalid)]
    internal void A_no_is_told_at_once_with_its_reason(EvictionVerdict verdict, RefusedBecause because)
    {
        var request = Evict(Pod);
        Answer(Assert.Single(Asked()), verdict, "because");
        Assert.Equal(new Refused(because, "because"), ReplyTo(request));
        Wait(); // its timer is stale
        Assert.Empty(Asked());
    }

    [Fact]
    public void Answers_to_other_questions_and_second_answers_change_nothing()
    {
        var request = Evict(Pod);
        var ask = Assert.Single(Asked());
        Answer(new EvictionReply(ask.Number + 1, ask.Run, EvictionVerdict.Granted, ""));
        Answer(new EvictionReply(ask.Number, ask.Run with { Epoch = new Epoch(9) }, EvictionVerdict.Granted, ""));
        Assert.Null(ReplyTo(request));
        Answer(ask, EvictionVerdict.Forbidden, "no");
        Answer(ask, EvictionVerdict.Granted);
        Assert.Equal("no", RefusalOf(request).Message);
    }

    [Fact]
    public void What_is_not_there_is_another_or_has_ended_needs_no_keeper()
    {
        Assert.Equal(RefusedBecause.NotFound, RefusalOf(Evict(new ObjectName("Pod", "default", "nobody"))).Because);
        Assert.Equal(RefusedBecause.Conflict, RefusalOf(Evict(Pod, uid: "another")).Because);
        cluster.Create("late", 1);
        var late = cluster.Wanted.Single(slot => slot.Workload.Name == "late");
        Assert.Null(Assert.IsType<Evicted>(ReplyTo(Evict(new ObjectName("Pod", "default", late.Name)))).Run);
        Assert.Empty(Asked());
    }

    [Fact]
    public void A_pod_that_is_gone_between_two_tries_counts_as_evicted()
    {
        var request = Evict(Pod);
        var (pod, run) = (Pod, Run);
        cluster.Withdraw(Slot.Admissions[0].Uid);
        cluster.Do(new DeleteObject(TestCluster.Deployment("hello"), null));
        Wait();
        Assert.Equal(new Evicted(pod, run), ReplyTo(request));
    }

    [Fact]
    public void Only_asked_whether_the_keeper_is_told_so()
    {
        Evict(Pod, dryRun: true);
        Assert.True(Assert.Single(Asked()).DryRun);
    }
}
