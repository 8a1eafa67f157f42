using System.Text;
using System.Text.Unicode;
using Gossip.Core.Primitives;
using MessagePack;

namespace Gossip.Core.Wire;

/// <summary>What the hand-written forms share: readers look at a count before they believe it, and name the field that breaks a bound.</summary>
static class Codec
{
    [ThreadStatic] static WireBuffer? scratch;

    /// <summary>An empty buffer for what is written and copied before anything else is: the next to ask gets the same.</summary>
    public static WireBuffer Scratch()
    {
        var buffer = scratch ??= new WireBuffer(1024);
        buffer.Clear();
        return buffer;
    }

    public static MessagePackSerializationException Bad(string field, string why) => new($"{field}: {why}");

    /// <summary>What a reader throws of bytes that are not what they should be: a form or a bound broken, an end too early, a number too great for its field.</summary>
    public static bool IsMalformed(Exception thrown) => thrown is MessagePackSerializationException or EndOfStreamException or OverflowException;

    /// <summary>A message of one type from its body. Throws as <see cref="IWireMessage{T}"/> says.</summary>
    public static TMessage Read<TMessage>(ReadOnlyMemory<byte> body) where TMessage : IWireMessage<TMessage>
    {
        var reader = new MessagePackReader(body);
        return TMessage.Read(ref reader);
    }

    /// <summary>The header of an array of at least <paramref name="least"/> fields; a newer sender may write more.</summary>
    public static int ReadArray(ref MessagePackReader reader, int least, string field)
    {
        var count = reader.ReadArrayHeader();
        return count >= least ? count : throw Bad(field, "too few fields");
    }

    public static void SkipRest(ref MessagePackReader reader, int fields)
    {
        for (var i = 0; i < fields; i++) Unknown.Skip(ref reader);
    }

    /// <summary>The count of an array, refused when above <paramref name="most"/>.</summary>
    public static int ReadCount(ref MessagePackReader reader, int most, string field)
    {
        var count = reader.ReadArrayHeader();
        return count <= most ? count : throw Bad(field, "too many");
    }

    public static ulong ReadUpTo(ref MessagePackReader reader, ulong most, string field)
    {
        var value = reader.ReadUInt64();
        return value <= most ? value : throw Bad(field, "out of range");
    }

    /// <summary>Looks at how many bytes the next value takes, and refuses it when above <paramref name="most"/>. Reads nothing.</summary>
    public static void Bound(in MessagePackReader reader, int most, string field)
    {
        var end = reader;
        Unknown.Skip(ref end);
        if (end.Consumed - reader.Consumed > most) throw Bad(field, "too long");
    }

    /// <summary>UTF-8 text of at most <paramref name="most"/> bytes.</summary>
    public static string ReadText(ref MessagePackReader reader, int most, string field)
    {
        var bytes = ReadUtf8(ref reader, most, field);
        return bytes.IsEmpty ? "" : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Refuses what <see cref="ReadText"/> would, and makes no string of it.</summary>
    public static ReadOnlySpan<byte> ReadUtf8(ref MessagePackReader reader, int most, string field)
    {
        if (!reader.TryReadStringSpan(out var bytes)) throw Bad(field, "is not text");
        if (bytes.Length > most) throw Bad(field, "too long");
        return Utf8.IsValid(bytes) ? bytes : throw Bad(field, "is not UTF-8");
    }

    /// <summary>Writes a text, cut at a character's edge to at most so many bytes of UTF-8.</summary>
    public static void WriteText(ref MessagePackWriter writer, string text, int most) => writer.Write(Cut(text, most)); // not a span: MessagePack 2.5 fails on an empty one

    /// <summary>The text, or as much of it as takes no more bytes of UTF-8.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length * 3 <= most || System.Text.Encoding.UTF8.GetByteCount(text) <= most) return text;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            most -= rune.Utf8SequenceLength;
            if (most < 0) break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }

    public static void WriteAddress(ref MessagePackWriter writer, NodeAddress address)
    {
        writer.Write(address.High);
        writer.Write(address.Low);
        writer.Write(address.Port);
    }

    /// <summary>Three fields of the array around it.</summary>
    public static NodeAddress ReadAddress(ref MessagePackReader reader) =>
        new(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt16());
}
