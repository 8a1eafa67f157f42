namespace Gossip.Mutants.Lists;

/// <summary>Envelopes and codecs.</summary>
internal static class WireMutants
{
    public static readonly Mutant[] List =
    [
        new("a message's length is believed", "Wire/Envelope.TryNext",
            "length < 0 || length > rest.Length - Limits.MessageHeader", "false"),
        new("a message's length is one short", "Wire/Envelope.Append",
            "length - Limits.MessageHeader", "length - Limits.MessageHeader - 1"),
        new("an envelope names another boot", "Wire/Envelope.TryReadHeader",
            "BinaryPrimitives.ReadUInt64LittleEndian(payload[8..])", "BinaryPrimitives.ReadUInt64LittleEndian(payload)"),
        new("fields of a newer sender are not skipped", "Wire/Codec.SkipRest", "i < fields", "i < 0"),
        new("a count is not bounded", "Wire/Codec.ReadCount", "count <= most", "true"),
        new("a text is not bounded", "Wire/Codec.ReadUtf8", "bytes.Length > most", "false"),
        new("a number out of range is taken", "Wire/Codec.ReadUpTo", "value <= most", "true"),
        new("an overflow in a message ends the node", "Wire/Codec.IsMalformed",
            "thrown is MessagePackSerializationException or EndOfStreamException or OverflowException",
            "thrown is MessagePackSerializationException"),
    ];
}
