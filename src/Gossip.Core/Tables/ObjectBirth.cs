using System.Buffers;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tables;

/// <summary>The birth cell of an object row: what it is, for ever. MessagePack [kind, namespace, name, apiVersion].</summary>
readonly record struct ObjectBirth(ObjectName Name, string ApiVersion)
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
        Codec.ReadArray(ref reader, 4, "object");
        var name = new ObjectName(Text(ref reader, "object.kind"), Text(ref reader, "object.namespace"), Text(ref reader, "object.name"));
        return new ObjectBirth(name, Text(ref reader, "object.apiVersion"));
    }

    static string Text(ref MessagePackReader reader, string field) => Codec.ReadText(ref reader, Limits.Name, field);
}
