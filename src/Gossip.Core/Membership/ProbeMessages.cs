using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>Are you there?</summary>
/// <param name="Seq">The prober's number for this probe.</param>
/// <param name="Target">Who should answer: another node may have this address by now.</param>
/// <param name="Digest">The sender's <see cref="MemberTable.Digest"/>.</param>
/// <param name="Origin">Who wants to know; a relay passes the answer on to it.</param>
/// <param name="ByStream">Came as a frame, and is answered by one.</param>
readonly record struct Ping(ulong Seq, NodeId Target, ulong Digest, NodeAddress Origin, bool ByStream) : IWireMessage<Ping>
{
    const int Fields = 7;

    public static MessageKind Kind => MessageKind.Ping;

    public static void Write(ref MessagePackWriter writer, in Ping message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Seq);
        writer.Write(message.Target.Value);
        writer.Write(message.Digest);
        Codec.WriteAddress(ref writer, message.Origin);
        writer.Write(message.ByStream);
    }

    public static Ping Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "ping");
        var ping = new Ping(
            reader.ReadUInt64(), new NodeId(reader.ReadUInt64()), reader.ReadUInt64(), Codec.ReadAddress(ref reader), reader.ReadBoolean());
        Codec.SkipRest(ref reader, fields - Fields);
        return ping;
    }
}

/// <summary>I am. <paramref name="Node"/> says who, because a relay may have passed it on.</summary>
readonly record struct Ack(ulong Seq, NodeId Node, ulong Digest, NodeAddress Origin) : IWireMessage<Ack>
{
    const int Fields = 6;

    public static MessageKind Kind => MessageKind.Ack;

    public static void Write(ref MessagePackWriter writer, in Ack message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Seq);
        writer.Write(message.Node.Value);
        writer.Write(message.Digest);
        Codec.WriteAddress(ref writer, message.Origin);
    }

    public static Ack Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "ack");
        var ack = new Ack(reader.ReadUInt64(), new NodeId(reader.ReadUInt64()), reader.ReadUInt64(), Codec.ReadAddress(ref reader));
        Codec.SkipRest(ref reader, fields - Fields);
        return ack;
    }
}

/// <summary>It does not answer me: please ask it in my name.</summary>
readonly record struct PingRequest(ulong Seq, NodeId Target, NodeAddress At, NodeAddress Origin) : IWireMessage<PingRequest>
{
    const int Fields = 8;

    public static MessageKind Kind => MessageKind.PingRequest;

    public static void Write(ref MessagePackWriter writer, in PingRequest message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Seq);
        writer.Write(message.Target.Value);
        Codec.WriteAddress(ref writer, message.At);
        Codec.WriteAddress(ref writer, message.Origin);
    }

    public static PingRequest Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "pingRequest");
        var request = new PingRequest(
            reader.ReadUInt64(), new NodeId(reader.ReadUInt64()), Codec.ReadAddress(ref reader), Codec.ReadAddress(ref reader));
        Codec.SkipRest(ref reader, fields - Fields);
        return request;
    }
}
