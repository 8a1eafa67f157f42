using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>What a node has left, as it travels.</summary>
readonly record struct CapacityNews(NodeId Node, Capacity Capacity) : IWireMessage<CapacityNews>
{
    /// <summary>A condition is a phrase, not a report: it rides with every record of its node.</summary>
    public const int UnreadyMost = 128;

    /// <summary>The names of every runtime class that this build knows, and room to grow.</summary>
    public const int LostMost = 64;

    /// <summary>The name of a rule and a phrase.</summary>
    public const int FaultMost = 96;

    /// <summary>The first of what is wrong; the node's own log has all of it.</summary>
    public const int DamageMost = 96;

    /// <summary>Far from overflow when a node steps past it.</summary>
    const ulong VersionMost = 1UL << 62;

    const int Fields = 2;
    const int CapacityFields = 9, CapacityFieldsLeast = 4;

    public static MessageKind Kind => MessageKind.Capacity;

    public static void Write(ref MessagePackWriter writer, in CapacityNews message)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(message.Node.Value);
        WriteFields(ref writer, message.Capacity);
    }

    public static CapacityNews Read(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, Fields, "capacity");
        var node = new NodeId(reader.ReadUInt64());
        var capacity = ReadFields(ref reader);
        Codec.SkipRest(ref reader, fields - Fields);
        return new CapacityNews(node, capacity);
    }

    /// <summary>What news of a node's capacity replaces in a <see cref="RumourQueue"/>.</summary>
    public static ulong SubjectOf(NodeId node) => StableHash.Mix(node.Value, (ulong)MessageKind.Capacity);

    /// <summary>Whose it is and how new, and nothing more: most news is known already, and then costs no allocation.</summary>
    public static (NodeId Node, ulong Boot, ulong Version) ReadHead(ref MessagePackReader reader)
    {
        Codec.ReadArray(ref reader, Fields, "capacity");
        var node = new NodeId(reader.ReadUInt64());
        Codec.ReadArray(ref reader, CapacityFieldsLeast, "capacity");
        return (node, reader.ReadUInt64(), reader.ReadUInt64());
    }

    public static void WriteFields(ref MessagePackWriter writer, in Capacity capacity)
    {
        // All is well nearly always.
        var tail = capacity.Pressures != Pressures.None ? 3 : capacity.Disk != default ? 2 : capacity.StoreDamage.Length > 0 ? 1 : 0;
        writer.WriteArrayHeader(CapacityFields - 3 + tail);
        writer.Write(capacity.Boot);
        writer.Write(capacity.Version);
        CardCodec.WriteResources(ref writer, capacity.Free);
        writer.Write(capacity.Unready);
        writer.Write(capacity.LostRuntimes);
        writer.Write(capacity.HostFault);
        if (tail > 0) writer.Write(capacity.StoreDamage);
        if (tail > 1) writer.Write((byte)capacity.Disk);
        if (tail > 2) writer.Write((byte)capacity.Pressures);
    }

    public static Capacity ReadFields(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, CapacityFieldsLeast, "capacity");
        var capacity = new Capacity(
            Codec.ReadUpTo(ref reader, VersionMost, "capacity.boot"), Codec.ReadUpTo(ref reader, VersionMost, "capacity.version"), CardCodec.ReadResources(ref reader),
            Codec.ReadText(ref reader, UnreadyMost, "capacity.unready"));
        // Older builds say less.
        if (fields > CapacityFieldsLeast) capacity = capacity with { LostRuntimes = Codec.ReadText(ref reader, LostMost, "capacity.lost") };
        if (fields > CapacityFieldsLeast + 1) capacity = capacity with { HostFault = Codec.ReadText(ref reader, FaultMost, "capacity.fault") };
        if (fields > CapacityFieldsLeast + 2)
            capacity = capacity with { StoreDamage = Codec.ReadText(ref reader, DamageMost, "capacity.damage") };
        if (fields > CapacityFieldsLeast + 3)
            capacity = capacity with { Disk = (DiskState)Codec.ReadUpTo(ref reader, (ulong)DiskState.Failing, "capacity.disk") };
        if (fields > CapacityFieldsLeast + 4)
            capacity = capacity with { Pressures = (Pressures)Codec.ReadUpTo(ref reader, byte.MaxValue, "capacity.pressures") };
        Codec.SkipRest(ref reader, fields - CapacityFields);
        return capacity;
    }
}
