using System.Buffers;
using System.Text;
using Gossip.Core.Model;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Scheduling;

/// <summary>How pods are named in MessagePack, in rows and messages alike; and texts cut to a bound of bytes.</summary>
public static class PodCodec
{
    /// <summary>Of <see cref="Write(ref MessagePackWriter, PodRun)"/>: array 1 + writer 9 + seq 9 + ordinal 5 + template 9 + epoch 5.</summary>
    public const int RunBytesMax = 38;

    /// <summary>The birth cell of a slot row and of a summary row: which pod they speak of.</summary>
    public static byte[] SlotBirth(PodId pod)
    {
        var buffer = new ArrayBufferWriter<byte>(RunBytesMax);
        var writer = new MessagePackWriter(buffer);
        Write(ref writer, new PodRun(pod, Epoch.None));
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
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

    public static PodRun ReadRun(ref MessagePackReader reader)
    {
        var count = ReadArray(ref reader, 5);
        var workload = new Uid(reader.ReadUInt64(), reader.ReadUInt64());
        var ordinal = reader.ReadInt32();
        if (ordinal < 0) throw new MessagePackSerializationException("a pod's ordinal is negative");
        var run = new PodRun(new PodId(workload, ordinal, reader.ReadUInt64()), new Epoch(reader.ReadUInt32()));
        SkipRest(ref reader, count, 5);
        return run;
    }

    /// <summary>An array of at least so many items: a later version may have more.</summary>
    public static int ReadArray(ref MessagePackReader reader, int atLeast)
    {
        var count = reader.ReadArrayHeader();
        return count >= atLeast ? count : throw new MessagePackSerializationException($"an array of {count}, not {atLeast}");
    }

    public static void SkipRest(ref MessagePackReader reader, int count, int read)
    {
        for (var i = read; i < count; i++) Unknown.Skip(ref reader);
    }

    /// <summary>Writes a text, cut at a character's edge to at most so many bytes.</summary>
    public static void WriteText(ref MessagePackWriter writer, string text, int bytesMax)
    {
        var length = text.Length;
        if (length * 3 > bytesMax)
        {
            length = 0;
            var room = bytesMax;
            foreach (var rune in text.EnumerateRunes())
            {
                room -= rune.Utf8SequenceLength;
                if (room < 0) break;
                length += rune.Utf16SequenceLength;
            }
        }
        writer.Write(text[..length]); // not the span: MessagePack 2.5 fails on an empty one
    }

    /// <summary>Reads a text; one that is longer is malformed, and is not allocated.</summary>
    public static string ReadText(ref MessagePackReader reader, int bytesMax)
    {
        var utf8 = reader.ReadStringSequence();
        if (utf8 is null) return "";
        if (utf8.Value.Length > bytesMax) throw new MessagePackSerializationException($"a text of {utf8.Value.Length} bytes, at most {bytesMax}");
        return utf8.Value.IsEmpty ? "" : Encoding.UTF8.GetString(utf8.Value);
    }
}
