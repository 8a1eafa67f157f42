using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Leases;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Leases;

/// <summary>One acceptor, n0, of changes of the voters' list, which is n0, n1 and n2 in version 1. The test proposes as n1 and n2.</summary>
public class ConsentTests
{
    static readonly ImmutableArray<string> three = ["n0", "n1", "n2"], two = ["n0", "n1"], four = ["n0", "n1", "n2", "n3"];

    readonly TestCluster cluster = new();
    readonly Outbox outbox = new(NodeId.Of("n0"));
    readonly Uid list;
    Consent consent;

    public ConsentTests()
    {
        list = cluster.Tables.Create(RowKind.Object,
            [(Fields.Birth, new ObjectBirth(VotersKind.Name, "gossip.dev/v1").ToBytes()), (Fields.Voters, VoterList.Write(three))], Turn);
        cluster.Settle();
        consent = Restart();
        consent.OnSynced(Turn);
        consent.OnSettled(Turn);
    }

    Turn Turn => new(cluster.Now, cluster.Effects);

    static Ballot Ballot(ulong round, string node = "n1") => new(round, NodeId.Of(node), 1);

    Consent Restart()
    {
        var config = new NodeConfig(cluster.Members.Find(NodeId.Of("n0"))!.Card, [], NodeTimings.Lan, 1, 1);
        return consent = new Consent(config, cluster.Voters, cluster.Members, cluster.Tables, cluster.Tables, outbox);
    }

    void Ask(Ballot ballot, ImmutableArray<string> names, uint version = 2)
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, new VoteAsk(version, ballot, names));
        consent.OnMessage(new Message(MessageKind.VoteAsk, buffer.WrittenMemory[Limits.MessageHeader..], ballot.Node, NodeAddress.None), Turn);
    }

    VoteReply[] Replies()
    {
        var said = outbox.TakeLooped();
        var replies = new List<VoteReply>();
        while (Envelope.TryNext(ref said, out _, out var body, out _)) replies.Add(Codec.Read<VoteReply>(body));
        return [.. replies];
    }

    VoteReply Answer(Ballot ballot, ImmutableArray<string>? names = null, uint version = 2)
    {
        Ask(ballot, names ?? [], version);
        cluster.Settle();
        return Assert.Single(Replies());
    }

    [Fact]
    public void A_promise_and_a_consent_are_durable_before_they_are_said()
    {
        Ask(Ballot(1), []);
        Assert.Empty(Replies());
        cluster.Settle();
        Assert.True(Assert.Single(Replies()).Consents);
        Ask(Ballot(1), two);
        Assert.Empty(Replies());
        cluster.Settle();
        Assert.True(Assert.Single(Replies()).Consents);
    }

    [Fact]
    public void What_came_before_the_promised_ballot_is_refused_and_told_which_one_that_is()
    {
        Assert.True(Answer(Ballot(5)).Consents);
        var late = Answer(Ballot(4), two);
        Assert.False(late.Consents);
        Assert.Equal(Ballot(5), late.Promised);
    }

    [Fact]
    public void A_later_ballot_hears_what_was_consented_to_before()
    {
        Answer(Ballot(1));
        Answer(Ballot(1), two);
        var promise = Answer(Ballot(2, "n2"));
        Assert.True(promise.Consents);
        Assert.Equal(Ballot(1), promise.Accepted);
        Assert.Equal(two, promise.Names);
    }

    [Fact]
    public void After_a_restart_nothing_is_said_before_the_tables_are_compared_and_nothing_is_forgotten()
    {
        Answer(Ballot(3));
        Answer(Ballot(3), two);
        Restart();
        Assert.Equal("has restarted, and not compared its tables yet", Answer(Ballot(9)).Why);
        consent.OnSynced(Turn);
        Assert.False(Answer(Ballot(2)).Consents);
        Assert.Equal(two, Answer(Ballot(4)).Names);
    }

    [Fact]
    public void Only_the_change_that_is_next_by_one_name_is_consented_to_and_only_by_a_voter()
    {
        Assert.Equal("knows version 1 of the list, and 3 is asked for", Answer(Ballot(1), version: 3).Why);
        Assert.Equal("consents to one name at a time", Answer(Ballot(1), ["n0", "n1", "n3"]).Why);
        Assert.True(Answer(Ballot(1), four).Consents);
        cluster.Members.Self = NodeId.Of("n7");
        Assert.Equal("is no voter, as far as it knows", Answer(Ballot(2)).Why);
    }

    [Fact]
    public void A_new_list_begins_without_promises_but_only_when_grants_by_the_one_before_are_over()
    {
        Assert.True(Answer(Ballot(7)).Consents);
        cluster.Tables.Raise(list, Fields.Voters, 2, VoterList.Write(two), Turn);
        cluster.Settle();
        consent.OnSettled(Turn);
        Assert.StartsWith("waits ", Answer(Ballot(1), version: 3).Why, StringComparison.Ordinal);
        cluster.Pass(NodeTimings.Lan.LeaseTerm);
        var promise = Answer(Ballot(1), version: 3);
        Assert.True(promise.Consents);
        Assert.Empty(promise.Names);
    }

    [Fact]
    public void A_cell_that_a_later_build_wrote_is_taken_for_none()
    {
        cluster.Tables.Edit(list, [(Fields.VoterPrefix + "n0", "{\"version\":\"two\"}"u8.ToArray())], Turn);
        cluster.Settle();
        Assert.True(Answer(Ballot(1)).Consents);
    }
}
