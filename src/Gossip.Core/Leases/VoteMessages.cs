using System.Collections.Immutable;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Leases;

/// <summary>Orders tries to change the voters' list; no two tries have the same. Default: none.</summary>
readonly record struct Ballot(ulong Round, NodeId Node, ulong Boot) : IComparable<Ballot>
{
    public int CompareTo(Ballot other) =>
        Round != other.Round ? Round.CompareTo(other.Round) : Node != other.Node ? Node.CompareTo(other.Node) : Boot.CompareTo(other.Boot);

    internal void Write(ref MessagePackWriter writer)
    {
        writer.Write(Round);
        writer.Write(Node.Value);
        writer.Write(Boot);
    }

    internal static Ballot Read(ref MessagePackReader reader) => new(reader.ReadUInt64(), new NodeId(reader.ReadUInt64()), reader.ReadUInt64());
}

/// <summary>To a voter: promise to heed no earlier ballot about that version of the list; or, with names, consent to them.</summary>
/// <param name="Names">Empty: only promise.</param>
readonly record struct VoteAsk(uint Version, Ballot Ballot, ImmutableArray<string> Names) : IWireMessage<VoteAsk>
{
    public static MessageKind Kind => MessageKind.VoteAsk;

    public static void Write(ref MessagePackWriter writer, in VoteAsk message)
    {
        writer.WriteArrayHeader(5);
        writer.Write(message.Version);
        message.Ballot.Write(ref writer);
        VoteWire.WriteNames(ref writer, message.Names);
    }

    public static VoteAsk Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, 5, "vote");
        var ask = new VoteAsk(reader.ReadUInt32(), Ballot.Read(ref reader), VoteWire.ReadNames(ref reader));
        Codec.SkipRest(ref reader, fields - 5);
        return ask;
    }
}

/// <summary>From a voter, once it is durable.</summary>
/// <param name="Ballot">That it answers.</param>
/// <param name="Promised">The greatest that it heeds; it consents when that is <paramref name="Ballot"/> and <paramref name="Why"/> is empty.</param>
/// <param name="Accepted">Of the names that it consented to before; default for none.</param>
/// <param name="Why">For people: why it cannot say yet.</param>
readonly record struct VoteReply(
    uint Version, Ballot Ballot, bool ForNames, Ballot Promised, Ballot Accepted, ImmutableArray<string> Names, string Why) : IWireMessage<VoteReply>
{
    const int Fields = 13;

    public static MessageKind Kind => MessageKind.VoteReply;

    public bool Consents => Why.Length == 0 && Promised == Ballot;

    public static void Write(ref MessagePackWriter writer, in VoteReply message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Version);
        message.Ballot.Write(ref writer);
        writer.Write(message.ForNames);
        message.Promised.Write(ref writer);
        message.Accepted.Write(ref writer);
        VoteWire.WriteNames(ref writer, message.Names);
        Codec.WriteText(ref writer, message.Why, Limits.Why);
    }

    public static VoteReply Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "vote");
        var reply = new VoteReply(reader.ReadUInt32(), Ballot.Read(ref reader), reader.ReadBoolean(), Ballot.Read(ref reader), Ballot.Read(ref reader),
            VoteWire.ReadNames(ref reader), Codec.ReadText(ref reader, Limits.Why, "vote.why"));
        Codec.SkipRest(ref reader, fields - Fields);
        return reply;
    }
}

static class VoteWire
{
    public static void WriteNames(ref MessagePackWriter writer, ImmutableArray<string> names)
    {
        writer.WriteArrayHeader(names.Length);
        foreach (var name in names) Codec.WriteText(ref writer, name, Limits.Label);
    }

    public static ImmutableArray<string> ReadNames(ref MessagePackReader reader)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        for (var left = Codec.ReadCount(ref reader, VotersKind.Most, "vote.names"); left > 0; left--)
            names.Add(Codec.ReadText(ref reader, Limits.Label, "vote.name"));
        return names.DrainToImmutable();
    }
}
