using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>Asks, before a node begins its life, who goes by its name. It comes from nobody: the asker is no member yet.</summary>
/// <param name="Nonce">Comes back with the answer, so that nobody can keep an old one and play it again.</param>
readonly record struct NameQuery(NodeId Node, ulong Nonce) : IWireMessage<NameQuery>
{
    const int Fields = 2;

    public static MessageKind Kind => MessageKind.NameQuery;

    public static void Write(ref MessagePackWriter writer, in NameQuery message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Node.Value);
        writer.Write(message.Nonce);
    }

    public static NameQuery Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "name query");
        var message = new NameQuery(new NodeId(reader.ReadUInt64()), reader.ReadUInt64());
        Codec.SkipRest(ref reader, fields - Fields);
        return message;
    }
}

/// <summary>To a <see cref="NameQuery"/>.</summary>
/// <param name="Holder">Where a live member of that name listens, as far as the answering node knows; none when it knows of none.</param>
/// <param name="IsMine">The answering node itself goes by that name.</param>
/// <param name="Nonce">The query's.</param>
readonly record struct NameAnswer(NodeId Node, NodeAddress Holder, bool IsMine, ulong Nonce) : IWireMessage<NameAnswer>
{
    const int Fields = 6; // an address is three

    public static MessageKind Kind => MessageKind.NameAnswer;

    public static void Write(ref MessagePackWriter writer, in NameAnswer message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Node.Value);
        Codec.WriteAddress(ref writer, message.Holder);
        writer.Write(message.IsMine);
        writer.Write(message.Nonce);
    }

    public static NameAnswer Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "name answer");
        var message = new NameAnswer(
            new NodeId(reader.ReadUInt64()), Codec.ReadAddress(ref reader), reader.ReadBoolean(), reader.ReadUInt64());
        Codec.SkipRest(ref reader, fields - Fields);
        return message;
    }
}
