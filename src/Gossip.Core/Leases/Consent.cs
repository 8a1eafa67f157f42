using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Leases;

/// <summary>
/// A voter's consent to changes of the voters' list: an acceptor of Paxos (Lamport, "Paxos made simple", 2001), one decision a
/// version, whose acceptors are the list of the version before. What it promised and consented to is a cell of its own in the
/// list's object, durable before it is said.
/// </summary>
/// <remarks>Inputs: <see cref="VoteAsk"/>. Outputs: <see cref="VoteReply"/>, its cell.</remarks>
sealed class Consent(NodeConfig config, VoterBook voters, IMemberList members, ITables tables, IRowWriter writer, Outbox outbox) : INodePart
{
    sealed record State(uint Version, Ballot Promised, Ballot Accepted, ImmutableArray<string> Names);

    State state = new(0, default, default, []);
    bool isRead;
    bool hasSynced;
    (Uid Row, uint Version) seen;
    Instant seenAt;

    string Field => Fields.VoterPrefix + config.Card.Name;

    /// <summary>The tables may be believed: what this node consented to in an earlier life is in them.</summary>
    public void OnSynced(Turn turn) => hasSynced = true;

    /// <summary>At the end of a turn: since when has the list been what it is?</summary>
    public void OnSettled(Turn turn)
    {
        if (voters.List is not { } list || seen == (list.Row, list.Version)) return;
        seen = (list.Row, list.Version);
        seenAt = turn.Monotonic;
    }

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.VoteAsk];

    public void OnMessage(in Message message, Turn turn)
    {
        var reader = new MessagePackReader(message.Body);
        var from = message.From;
        var ask = VoteAsk.Read(ref reader);
        var why = Objection(ask, turn.Monotonic);
        if (why.Length == 0 && ask.Ballot.CompareTo(state.Promised) >= 0 && voters.List is { } list && tables.Find(list.Row) is not null)
        {
            var before = state;
            state = ask.Names.IsEmpty ? before with { Promised = ask.Ballot } : new State(ask.Version, ask.Ballot, ask.Ballot, ask.Names);
            var reply = new VoteReply(ask.Version, ask.Ballot, !ask.Names.IsEmpty, ask.Ballot, before.Accepted, before.Names, "");
            writer.Edit(list.Row, [(Field, Write(state))], turn, (_, later) => outbox.Send(from, reply, later));
            return;
        }
        outbox.Send(from, new VoteReply(ask.Version, ask.Ballot, !ask.Names.IsEmpty, state.Promised, default, [], why), turn);
    }

    string Objection(in VoteAsk ask, Instant now)
    {
        if (voters.List is not { } list || !list.Has(members.Self)) return "is no voter, as far as it knows";
        if (!hasSynced) return "has restarted, and not compared its tables yet";
        if (list.Version + 1 != ask.Version) return string.Create(CultureInfo.InvariantCulture, $"knows version {list.Version} of the list, and {ask.Version} is asked for");
        // Grants that were counted by the list before the present one must be over before there is a next one: their majority
        // need not meet that one's.
        if (list.Version > 1 && now < seenAt + config.Timings.LeaseTerm)
            return string.Create(CultureInfo.InvariantCulture, $"waits {(seenAt + config.Timings.LeaseTerm - now).TotalSeconds:0.#} s more since the last change");
        if (!ask.Names.IsEmpty && !VoterList.IsOneStep(list.Names, ask.Names)) return "consents to one name at a time";
        if (!isRead && tables.Find(list.Row)?[Field] is { IsNull: false } cell) state = Read(cell.Value) ?? state;
        isRead = true;
        if (state.Version != ask.Version) state = new State(ask.Version, default, default, []);
        return "";
    }

    static byte[] Write(State state) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["version"] = state.Version,
        ["promised"] = Write(state.Promised),
        ["accepted"] = Write(state.Accepted),
        ["names"] = new JsonArray([.. state.Names.Select(name => (JsonNode)name)]),
    }.ToJsonString());

    // The constructor, since a collection expression calls Add<T>, which no ahead-of-time compiler can see through.
    static JsonArray Write(Ballot ballot) => new(ballot.Round, ballot.Node.Value, ballot.Boot);

    static State? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            var read = JsonNode.Parse(json.Span)!;
            return new State((uint)read["version"]!, Read(read["promised"]!), Read(read["accepted"]!), [.. read["names"]!.AsArray().Select(name => (string)name!)]);
        }
        catch (Exception foreign) when (foreign is JsonException or InvalidOperationException or NullReferenceException or FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            return null; // only this node writes it: of a later build
        }
    }

    static Ballot Read(JsonNode ballot) => new((ulong)ballot[0]!, new NodeId((ulong)ballot[1]!), (ulong)ballot[2]!);
}
