using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Replication;

/// <summary>The idle probe: what a table hashes to. One datagram.</summary>
/// <param name="Hashes"><see cref="RowTable.Shards"/> hashes of 8 bytes.</param>
/// <param name="WantsAnswer">Asks for a digest back even if nothing differs: the sender has not synced yet.</param>
readonly record struct Digest(ReadOnlyMemory<byte> Hashes, ulong Context, bool WantsAnswer) : IWireMessage<Digest>
{
    public const int HashesBytes = RowTable.Shards * sizeof(ulong);

    public static MessageKind Kind => MessageKind.Digest;

    public static void Write(ref MessagePackWriter writer, in Digest message)
    {
        writer.WriteArrayHeader(3);
        writer.Write(message.Hashes.Span);
        writer.Write(message.Context);
        writer.Write(message.WantsAnswer);
    }

    public static Digest Read(ref MessagePackReader reader)
    {
        var elements = reader.ReadArrayHeader();
        if (elements < 3) throw new MessagePackSerializationException("digest: too few elements");
        var message = new Digest(ReadHashes(ref reader), reader.ReadUInt64(), reader.ReadBoolean());
        Codec.SkipRest(ref reader, elements - 3);
        return message;
    }

    internal static ReadOnlyMemory<byte> ReadHashes(ref MessagePackReader reader)
    {
        var hashes = WireBytes.Read(ref reader, HashesBytes);
        return hashes.Length == HashesBytes ? hashes : throw new MessagePackSerializationException("digest: not one hash a shard");
    }
}

/// <summary>
/// Opens a session: what the sender holds in shards that differ, and its context at this moment. One frame.
/// </summary>
/// <param name="Listed">A bit a shard: which of them <paramref name="Rows"/> lists whole.</param>
/// <param name="Rows">Uid and mark, <see cref="EntryBytes"/> each.</param>
readonly record struct ShardList(
    ulong Session, ReadOnlyMemory<byte> Hashes, ReadOnlyMemory<byte> Listed, ReadOnlyMemory<byte> Rows,
    ReadOnlyMemory<byte> Context) : IWireMessage<ShardList>
{
    public const int EntryBytes = WireBytes.UidBytes + sizeof(ulong);
    public const int ListedBytes = RowTable.Shards / 8;

    public static MessageKind Kind => MessageKind.ShardList;

    public static void Write(ref MessagePackWriter writer, in ShardList message)
    {
        writer.WriteArrayHeader(5);
        writer.Write(message.Session);
        writer.Write(message.Hashes.Span);
        writer.Write(message.Listed.Span);
        writer.Write(message.Rows.Span);
        writer.Write(message.Context.Span);
    }

    public static ShardList Read(ref MessagePackReader reader)
    {
        var elements = reader.ReadArrayHeader();
        if (elements < 5) throw new MessagePackSerializationException("shard list: too few elements");
        var session = reader.ReadUInt64();
        var hashes = Digest.ReadHashes(ref reader);
        var listed = WireBytes.Read(ref reader, ListedBytes);
        if (listed.Length != ListedBytes) throw new MessagePackSerializationException("shard list: not one bit a shard");
        var rows = WireBytes.ReadList(ref reader, EntryBytes, Limits.FramePayload);
        var context = WireBytes.Read(ref reader, Limits.FramePayload);
        Codec.SkipRest(ref reader, elements - 5);
        return new ShardList(session, hashes, listed, rows, context);
    }
}

/// <summary>How a repair's frames are to be taken. Numbers are the wire.</summary>
[Flags]
enum RepairFlags : byte
{
    None = 0,
    /// <summary>No frame of this session and direction follows.</summary>
    Last = 1,
    /// <summary>Answers the wants of a repair, rather than a shard list.</summary>
    Answer = 2,
    /// <summary>With every frame taken, the receiver holds whatever the sender held: it may join the context.</summary>
    Complete = 4,
    /// <summary>The wants are all that the sender lacks: an answer to all of them may be complete.</summary>
    WantsAll = 8,
}

/// <summary>One frame of what the other lacks. The first carries context, wants and removals, all carry rows.</summary>
/// <param name="Index">From 0; a frame out of turn ends the session.</param>
/// <param name="Wants">Uids whose rows the sender asks for.</param>
/// <param name="Removed">Uids that the receiver listed and the sender knows to be gone.</param>
/// <param name="Poisoned">When read: how many rows could not be, while those beside them were.</param>
readonly record struct Repair(
    ulong Session, int Index, RepairFlags Flags, ReadOnlyMemory<byte> Context, ReadOnlyMemory<byte> Wants,
    ReadOnlyMemory<byte> Removed, IReadOnlyList<Row> Rows, int Poisoned = 0) : IWireMessage<Repair>
{
    public static MessageKind Kind => MessageKind.Repair;

    public static void Write(ref MessagePackWriter writer, in Repair message)
    {
        writer.WriteArrayHeader(7);
        writer.Write(message.Session);
        writer.Write(message.Index);
        writer.Write((byte)message.Flags);
        writer.Write(message.Context.Span);
        writer.Write(message.Wants.Span);
        writer.Write(message.Removed.Span);
        writer.WriteArrayHeader(message.Rows.Count);
        for (var i = 0; i < message.Rows.Count; i++) RowCodec.Write(ref writer, message.Rows[i]);
    }

    public static Repair Read(ref MessagePackReader reader)
    {
        var elements = reader.ReadArrayHeader();
        if (elements < 7) throw new MessagePackSerializationException("repair: too few elements");
        var session = reader.ReadUInt64();
        var index = reader.ReadInt32();
        var flags = (RepairFlags)reader.ReadByte();
        var context = WireBytes.Read(ref reader, Limits.FramePayload);
        var wants = WireBytes.ReadList(ref reader, WireBytes.UidBytes, Limits.FramePayload);
        var removed = WireBytes.ReadList(ref reader, WireBytes.UidBytes, Limits.FramePayload);
        var rows = new List<Row>();
        var poisoned = 0;
        for (var left = reader.ReadArrayHeader(); left > 0; left--)
        {
            if (RowCodec.TryRead(ref reader) is { } row) rows.Add(row);
            else poisoned++;
        }
        Codec.SkipRest(ref reader, elements - 7);
        return new Repair(session, index, flags, context, wants, removed, rows, poisoned);
    }
}
