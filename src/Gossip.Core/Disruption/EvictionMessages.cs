using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Disruption;

// What the node that was asked for an eviction and the keeper of the pod's budget say to each other, directly and by datagram.

/// <summary>To the keeper: end that run, if its budget allows it.</summary>
/// <param name="Number">The asker's own, never used twice.</param>
/// <param name="Runs">It runs, as far as the asker knows: a keeper that has not heard so must not judge it yet.</param>
/// <param name="DryRun">Only say whether.</param>
readonly record struct EvictionAsk(ulong Number, PodRun Run, bool Runs, bool DryRun) : IWireMessage<EvictionAsk>
{
    public static MessageKind Kind => MessageKind.EvictionAsk;

    public static void Write(ref MessagePackWriter writer, in EvictionAsk message)
    {
        PodCodec.WriteHead(ref writer, 4, message.Number, message.Run);
        writer.Write(message.Runs);
        writer.Write(message.DryRun);
    }

    public static EvictionAsk Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 4, "eviction", out var number, out var run);
        var ask = new EvictionAsk(number, run, reader.ReadBoolean(), reader.ReadBoolean());
        Codec.SkipRest(ref reader, fields - 4);
        return ask;
    }
}

/// <summary>From the keeper. Numbers are the wire.</summary>
enum EvictionVerdict : byte
{
    /// <summary>The run is over, durably; or would be, when it was only asked whether.</summary>
    Granted = 0,
    Forbidden = 1,
    /// <summary>More than one budget speaks of the pod.</summary>
    Ambiguous = 2,
    /// <summary>It cannot say yet, and may in a moment: the asker asks again.</summary>
    NotYet = 3,
}

/// <param name="Why">For people; empty when granted.</param>
readonly record struct EvictionReply(ulong Number, PodRun Run, EvictionVerdict Verdict, string Why) : IWireMessage<EvictionReply>
{
    public static MessageKind Kind => MessageKind.EvictionReply;

    public static void Write(ref MessagePackWriter writer, in EvictionReply message)
    {
        PodCodec.WriteHead(ref writer, 4, message.Number, message.Run);
        writer.Write((byte)message.Verdict);
        Codec.WriteText(ref writer, message.Why, Limits.Why * 2);
    }

    public static EvictionReply Read(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadHead(ref reader, 4, "eviction", out var number, out var run);
        var verdict = reader.ReadByte();
        if (verdict > (byte)EvictionVerdict.NotYet) throw Codec.Bad("eviction.verdict", "is not known");
        var why = Codec.ReadText(ref reader, Limits.Why * 2, "eviction.why");
        Codec.SkipRest(ref reader, fields - 4);
        return new EvictionReply(number, run, (EvictionVerdict)verdict, why);
    }
}
