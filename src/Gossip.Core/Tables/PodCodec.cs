using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tables;

/// <summary>How pods are named in MessagePack, in rows and messages alike.</summary>
static class PodCodec
{
    /// <summary>Of <see cref="Write(ref MessagePackWriter, PodRun)"/>: array 1 + writer 9 + seq 9 + ordinal 5 + template 9 + epoch 5.</summary>
    public const int RunBytesMax = 38;

    /// <summary>The birth cell of a slot row and of a summary row: which pod they speak of.</summary>
    public static byte[] SlotBirth(PodId pod)
    {
        var buffer = Codec.Scratch();
        var writer = new MessagePackWriter(buffer);
        Write(ref writer, new PodRun(pod, Epoch.None));
        writer.Flush();
        return buffer.Written.ToArray();
    }

    public static PodId ReadSlotBirth(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        return ReadRun(ref reader).Pod;
    }

    public static void Write(ref MessagePackWriter writer, PodRun run)
    {
        writer.WriteArrayHeader(5);
        writer.Write(run.Pod.Workload.Birth.Writer.Value);
        writer.Write(run.Pod.Workload.Birth.Seq);
        writer.Write(run.Pod.Ordinal);
        writer.Write(run.Pod.Template);
        writer.Write(run.Epoch.Value);
    }

    /// <summary>The beginning of every message about one run: the array's header, the sender's number, the run.</summary>
    internal static void WriteHead(ref MessagePackWriter writer, int fields, ulong number, PodRun run)
    {
        writer.WriteArrayHeader(fields);
        writer.Write(number);
        Write(ref writer, run);
    }

    /// <summary>Reads what <see cref="WriteHead"/> wrote; returns how many fields the array has, at least <paramref name="least"/>.</summary>
    /// <param name="message">What an error calls the message.</param>
    internal static int ReadHead(ref MessagePackReader reader, int least, string message, out ulong number, out PodRun run)
    {
        var count = Codec.ReadArray(ref reader, least, message);
        number = reader.ReadUInt64();
        run = ReadRun(ref reader);
        return count;
    }

    public static PodRun ReadRun(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, 5, "run");
        var workload = new Uid(reader.ReadUInt64(), reader.ReadUInt64());
        var ordinal = reader.ReadInt32();
        if (ordinal < 0) throw Codec.Bad("run.ordinal", "is negative");
        var run = new PodRun(new PodId(workload, ordinal, reader.ReadUInt64()), new Epoch(reader.ReadUInt32()));
        Codec.SkipRest(ref reader, fields - 5);
        return run;
    }
}
