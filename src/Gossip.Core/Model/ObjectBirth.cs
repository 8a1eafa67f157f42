using System.Buffers;
using System.Text;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Model;

/// <summary>The birth cell of an object row: what it is, for ever. MessagePack [kind, namespace, name, apiVersion].</summary>
public readonly record struct ObjectBirth(ObjectName Name, string ApiVersion)
{
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write(Name.Kind);
        writer.Write(Name.Namespace);
        writer.Write(Name.Name);
        writer.Write(ApiVersion);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Throws <see cref="MessagePackSerializationException"/> or <see cref="EndOfStreamException"/> on anything else.</summary>
    public static ObjectBirth Read(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        if (reader.ReadArrayHeader() < 4) throw new MessagePackSerializationException("an object's birth has four parts");
        var name = new ObjectName(Text(ref reader), Text(ref reader), Text(ref reader));
        return new ObjectBirth(name, Text(ref reader));
    }

    static string Text(ref MessagePackReader reader)
    {
        var utf8 = reader.ReadStringSequence();
        if (utf8 is null || utf8.Value.Length > Limits.Name) throw new MessagePackSerializationException($"a name of at most {Limits.Name} bytes");
        return Encoding.UTF8.GetString(utf8.Value);
    }
}
