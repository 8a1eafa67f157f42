using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Leases;

// What the node that has a singleton and the voters say to each other, directly and by datagram. Numbers are the asker's own,
// and grow over all its lives.

/// <summary>To a voter: let me run that for one term from now.</summary>
/// <param name="List">Version of the voters' list that the asker counts by.</param>
readonly record struct LeaseAsk(ulong Number, PodRun Run, uint List) : IWireMessage<LeaseAsk>
{
    public static MessageKind Kind => MessageKind.LeaseAsk;

    public static void Write(ref MessagePackWriter writer, in LeaseAsk message)
    {
        PodCodec.WriteHead(ref writer, 3, message.Number, message.Run);
        writer.Write(message.List);
    }

    public static LeaseAsk Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 3, "lease", out var number, out var run);
        var ask = new LeaseAsk(number, run, reader.ReadUInt32());
        Codec.SkipRest(ref reader, fields - 3);
        return ask;
    }
}

/// <summary>From a voter. Numbers are the wire.</summary>
enum LeaseVerdict : byte
{
    Granted = 0,
    /// <summary>Another run or another node has it.</summary>
    Held = 1,
    /// <summary>It counts by another list, or is in none.</summary>
    OtherList = 2,
    /// <summary>It may have granted it before it restarted, and cannot know.</summary>
    Silent = 3,
}

/// <param name="Why">For people; empty when granted.</param>
readonly record struct LeaseReply(ulong Number, PodRun Run, LeaseVerdict Verdict, string Why) : IWireMessage<LeaseReply>
{
    public static MessageKind Kind => MessageKind.LeaseReply;

    public static void Write(ref MessagePackWriter writer, in LeaseReply message)
    {
        PodCodec.WriteHead(ref writer, 4, message.Number, message.Run);
        writer.Write((byte)message.Verdict);
        Codec.WriteText(ref writer, message.Why, Limits.Why);
    }

    public static LeaseReply Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 4, "lease", out var number, out var run);
        var verdict = reader.ReadByte();
        if (verdict > (byte)LeaseVerdict.Silent) throw Codec.Bad("lease.verdict", "is not known");
        var why = Codec.ReadText(ref reader, Limits.Why, "lease.why");
        Codec.SkipRest(ref reader, fields - 4);
        return new LeaseReply(number, run, (LeaseVerdict)verdict, why);
    }
}

/// <summary>To a voter: nothing of that run is left here; whatever you granted it up to this number is over.</summary>
readonly record struct LeaseEnd(ulong Number, PodRun Run) : IWireMessage<LeaseEnd>
{
    public static MessageKind Kind => MessageKind.LeaseEnd;

    public static void Write(ref MessagePackWriter writer, in LeaseEnd message) => PodCodec.WriteHead(ref writer, 2, message.Number, message.Run);

    public static LeaseEnd Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 2, "lease", out var number, out var run);
        Codec.SkipRest(ref reader, fields - 2);
        return new LeaseEnd(number, run);
    }
}
