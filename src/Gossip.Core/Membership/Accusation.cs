using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>That one node asked another in vain, itself: of so many as say so, a suspicion gets surer. Short, since several travel for each suspect.</summary>
/// <param name="Of">The life and word of the accused that is doubted; a later one is no longer.</param>
readonly record struct Accusation(NodeId Node, Incarnation Of, NodeId By) : IWireMessage<Accusation>
{
    const int Fields = 4;

    public static MessageKind Kind => MessageKind.Accusation;

    /// <summary>What a repetition replaces in a <see cref="RumourQueue"/>.</summary>
    public static ulong SubjectOf(NodeId node, NodeId by) => StableHash.Mix(StableHash.Mix(node.Value, by.Value), (ulong)MessageKind.Accusation);

    public static void Write(ref MessagePackWriter writer, in Accusation message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Node.Value);
        writer.Write(message.Of.Boot);
        writer.Write(message.Of.Refutation);
        writer.Write(message.By.Value);
    }

    public static Accusation Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "accusation");
        var message = new Accusation(new NodeId(reader.ReadUInt64()), new Incarnation(reader.ReadUInt64(), reader.ReadUInt32()), new NodeId(reader.ReadUInt64()));
        Codec.SkipRest(ref reader, fields - Fields);
        return message;
    }
}
