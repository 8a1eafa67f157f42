using System.Globalization;
using MessagePack;

namespace Gossip.Core.Tests.Wire;

/// <summary>
/// MessagePack as people read it: <c>[1, nil, true, "text", bytes(00ff)]</c>. Unlike JSON it tells bytes from text, so
/// that two encodings that differ to a reader differ here. Bytes that are all alike are told by their count.
/// </summary>
static class MessagePackText
{
    public static string Of(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        var text = Next(ref reader);
        Assert.True(reader.End, $"more than one value: {text}");
        return text;
    }

    static string Next(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Array:
                var items = new string[reader.ReadArrayHeader()];
                for (var i = 0; i < items.Length; i++) items[i] = Next(ref reader);
                return $"[{string.Join(", ", items)}]";
            case MessagePackType.Integer:
                return reader.NextCode is >= MessagePackCode.MinNegativeFixInt or (>= MessagePackCode.Int8 and <= MessagePackCode.Int64)
                    ? reader.ReadInt64().ToString(CultureInfo.InvariantCulture)
                    : reader.ReadUInt64().ToString(CultureInfo.InvariantCulture);
            case MessagePackType.Nil:
                reader.ReadNil();
                return "nil";
            case MessagePackType.Boolean:
                return reader.ReadBoolean() ? "true" : "false";
            case MessagePackType.String:
                return $"\"{reader.ReadString()}\"";
            case MessagePackType.Binary:
                return Bytes(reader.ReadBytes()!.Value.First.ToArray());
            default:
                throw new InvalidOperationException($"no message of ours has a {reader.NextMessagePackType}");
        }
    }

    static string Bytes(byte[] bytes) => bytes.Length > 16 && bytes.Distinct().Count() == 1
        ? $"bytes({bytes[0]:x2} x {bytes.Length})"
        : $"bytes({Convert.ToHexStringLower(bytes)})";
}
