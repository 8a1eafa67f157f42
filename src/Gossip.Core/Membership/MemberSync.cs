using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>A whole member list, or a part of a long one, by stream: to join, and wherever rumours were not enough.</summary>
/// <param name="ReplyTo">The sender's address: a frame's own comes from a passing port.</param>
/// <param name="Asks">The sender wants the receiver's list in return.</param>
readonly record struct MemberSync(
    NodeAddress ReplyTo, bool Asks, ReadOnlyMemory<MemberRecord> Members, ReadOnlyMemory<RememberedAddress> RememberedAddresses) : IWireMessage<MemberSync>
{
    /// <summary>Records in one frame: 800 x 1,138 B (a datagram each) + 4,096 graves x 34 B = 1.05 MB, below <see cref="Limits.FramePayload"/>.</summary>
    public const int RecordsMost = 800;

    const int Fields = 6;
    const int GraveFields = 4;

    /// <summary>Bytes that the shortest record takes: a count above what the frame could hold is a lie.</summary>
    const int RecordLeast = 30;

    public static MessageKind Kind => MessageKind.MemberSync;

    public static void Write(ref MessagePackWriter writer, in MemberSync message)
    {
        writer.WriteArrayHeader(Fields);
        Codec.WriteAddress(ref writer, message.ReplyTo);
        writer.Write(message.Asks);
        writer.WriteArrayHeader(message.Members.Length);
        foreach (ref readonly var member in message.Members.Span) MemberRecord.Write(ref writer, member);
        writer.WriteArrayHeader(message.RememberedAddresses.Length * GraveFields);
        foreach (var grave in message.RememberedAddresses.Span)
        {
            writer.Write(grave.Node.Value);
            Codec.WriteAddress(ref writer, grave.Address);
        }
    }

    public static MemberSync Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "memberSync");
        var replyTo = Codec.ReadAddress(ref reader);
        var asks = reader.ReadBoolean();

        var room = (reader.Sequence.Length - reader.Consumed) / RecordLeast;
        var members = new MemberRecord[Codec.ReadCount(ref reader, (int)Math.Min(RecordsMost, room), "memberSync.members")];
        for (var i = 0; i < members.Length; i++) members[i] = MemberRecord.Read(ref reader);

        room = reader.Sequence.Length - reader.Consumed; // a field takes a byte at least
        var most = (int)Math.Min(Membership.RememberedAddresses.Most * GraveFields, room);
        var graves = new RememberedAddress[Codec.ReadCount(ref reader, most, "memberSync.graves") / GraveFields];
        for (var i = 0; i < graves.Length; i++) graves[i] = new RememberedAddress(new NodeId(reader.ReadUInt64()), Codec.ReadAddress(ref reader));
        Codec.SkipRest(ref reader, fields - Fields);
        return new MemberSync(replyTo, asks, members, graves);
    }
}
