using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>
/// What one node tells another of a third (or of itself): the unit of rumours and of <see cref="MemberSync"/>.
/// Records of one node are totally ordered and the greatest wins, so any two nodes that heard the same records, in
/// whatever order, believe the same. Source: section 4.2 of Das, Gupta, Motivala, "SWIM", 2002.
/// </summary>
/// <param name="Age">How long the teller has believed the state; keeps records of the dead from living for ever.</param>
readonly record struct MemberRecord(
    NodeCard Card, Incarnation Incarnation, MemberState State, TimeSpan Age, Capacity Capacity) : IWireMessage<MemberRecord>
{
    public static MessageKind Kind => MessageKind.Member;

    public NodeId Id => Card.Id;

    public static MemberRecord Of(Member member, Now now) =>
        new(member.Card, member.Incarnation, member.State, member.IsLive ? TimeSpan.Zero : now.Monotonic - member.Since, member.Capacity);

    /// <summary>True when it says more than what is held.</summary>
    public bool Overrides(Member held) => new Head(Id, Incarnation, State, Card.Address).Overrides(held);

    /// <summary>The front of a record: enough to see that it is no news, before a card is allocated.</summary>
    internal readonly record struct Head(NodeId Id, Incarnation Incarnation, MemberState State, NodeAddress Address)
    {
        /// <summary>Incarnation first, then the worse state; the address settles a tie of two processes under one name.</summary>
        public bool Overrides(Member held)
        {
            if (Incarnation != held.Incarnation) return Incarnation > held.Incarnation;
            return State != held.State ? State > held.State : Address.CompareTo(held.Address) > 0;
        }
    }

    /// <summary>Far beyond any clock, and far from overflow when a node steps past it.</summary>
    const ulong BootMost = 1UL << 62;

    const int Fields = 7;

    internal static Head ReadHead(ref MessagePackReader reader)
    {
        var (id, incarnation, state, _) = ReadFront(ref reader, out _);
        reader.ReadUInt64(); // age
        return new Head(id, incarnation, state, CardCodec.ReadAddressOf(ref reader));
    }

    static Head ReadFront(ref MessagePackReader reader, out int fields)
    {
        fields = Codec.ReadArray(ref reader, Fields, "member");
        var id = new NodeId(reader.ReadUInt64());
        var incarnation = new Incarnation(Codec.ReadUpTo(ref reader, BootMost, "member.boot"), reader.ReadUInt32());
        var state = (MemberState)Codec.ReadUpTo(ref reader, (ulong)MemberState.Left, "member.state");
        return new Head(id, incarnation, state, NodeAddress.None);
    }

    public static void Write(ref MessagePackWriter writer, in MemberRecord message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Id.Value);
        writer.Write(message.Incarnation.Boot);
        writer.Write(message.Incarnation.Refutation);
        writer.Write((byte)message.State);
        writer.Write((ulong)(message.Age.Ticks / TimeSpan.TicksPerSecond));
        CardCodec.Write(ref writer, message.Card);
        CapacityNews.WriteFields(ref writer, message.Capacity);
    }

    public static MemberRecord Read(ref MessagePackReader reader)
    {
        var head = ReadFront(ref reader, out var fields);
        var age = TimeSpan.FromSeconds(Math.Min(reader.ReadUInt64(), 1UL << 32)); // 136 years say enough
        var card = CardCodec.Read(ref reader);
        if (card.Id != head.Id) throw Codec.Bad("member.id", "is not that of its name");
        var capacity = CapacityNews.ReadFields(ref reader);
        Codec.SkipRest(ref reader, fields - Fields);
        return new MemberRecord(card, head.Incarnation, head.State, age, capacity);
    }
}
