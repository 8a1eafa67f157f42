using System.Text;
using System.Text.Unicode;
using Gossip.Core.Model;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>Readers that look at a count before they believe it, and name the field that breaks a bound.</summary>
static class Codec
{
    public static MessagePackSerializationException Bad(string field, string why) => new($"{field}: {why}");

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
        if (!reader.TryReadStringSpan(out var bytes)) throw Bad(field, "is not text");
        if (bytes.Length > most) throw Bad(field, "too long");
        if (bytes.IsEmpty) return "";
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Bad(field, "is not UTF-8");
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
