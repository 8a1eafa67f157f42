using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>A node's card, and resources, as bytes.</summary>
static class CardCodec
{
    const int CardFields = 9;
    const int ResourceFields = 5;

    /// <summary>Encodes the card and reads it back by the rules that peers apply; throws what they would.</summary>
    public static void Validate(NodeCard card)
    {
        var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer);
        Write(ref writer, card);
        writer.Flush();
        var reader = new MessagePackReader(buffer.WrittenMemory);
        Read(ref reader);
    }

    public static void Write(ref MessagePackWriter writer, NodeCard card)
    {
        writer.WriteArrayHeader(CardFields);
        Codec.WriteAddress(ref writer, card.Address);
        writer.Write(card.Name);
        writer.WriteArrayHeader(card.Labels.Count * 2);
        foreach (var (key, value) in card.Labels)
        {
            writer.Write(key);
            writer.Write(value);
        }
        writer.WriteArrayHeader(card.Taints.Length * 3);
        foreach (var taint in card.Taints)
        {
            writer.Write(taint.Key);
            writer.Write(taint.Value);
            writer.Write((byte)taint.Effect);
        }
        WriteResources(ref writer, card.Allocatable);
        writer.WriteArrayHeader(card.Runtimes.Length);
        foreach (var runtime in card.Runtimes) writer.Write(runtime);
        writer.Write(card.ApiUrl);
    }

    /// <summary>Every count inside is bounded by the card's own length, which is looked at first.</summary>
    public static NodeCard Read(ref MessagePackReader reader)
    {
        Codec.Bound(reader, NodeCard.EncodedMax, "card");
        var fields = Codec.ReadArray(ref reader, CardFields, "card");
        var address = Codec.ReadAddress(ref reader);
        var name = Codec.ReadText(ref reader, Limits.Label, "card.name");
        if (name.Length == 0) throw Codec.Bad("card.name", "is empty");

        var pairs = new (string, string)[Codec.ReadCount(ref reader, NodeCard.EncodedMax, "card.labels") / 2];
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = (Codec.ReadText(ref reader, Limits.Name, "card.labels"), Codec.ReadText(ref reader, Limits.Name, "card.labels"));

        var taints = new Taint[Codec.ReadCount(ref reader, NodeCard.EncodedMax, "card.taints") / 3];
        for (var i = 0; i < taints.Length; i++)
        {
            var key = Codec.ReadText(ref reader, Limits.Name, "card.taints");
            var value = Codec.ReadText(ref reader, Limits.Name, "card.taints");
            var effect = reader.ReadByte();
            if (effect > (byte)TaintEffect.NoExecute) throw Codec.Bad("card.taints", "unknown effect");
            taints[i] = new Taint(key, value, (TaintEffect)effect);
        }

        var allocatable = ReadResources(ref reader);
        var runtimes = new string[Codec.ReadCount(ref reader, NodeCard.EncodedMax, "card.runtimes")];
        for (var i = 0; i < runtimes.Length; i++) runtimes[i] = Codec.ReadText(ref reader, Limits.Name, "card.runtimes");
        var apiUrl = Codec.ReadText(ref reader, Limits.Name, "card.apiUrl");
        Codec.SkipRest(ref reader, fields - CardFields);
        return new NodeCard(
            name, address, Labels.Of(pairs), ImmutableArray.Create(taints), allocatable, ImmutableArray.Create(runtimes), apiUrl);
    }

    /// <summary>The address alone, which comes first.</summary>
    public static NodeAddress ReadAddressOf(ref MessagePackReader reader)
    {
        Codec.ReadArray(ref reader, CardFields, "card");
        return Codec.ReadAddress(ref reader);
    }

    public static void WriteResources(ref MessagePackWriter writer, in Resources resources)
    {
        writer.WriteArrayHeader(resources.Devices.IsNone ? ResourceFields : ResourceFields + 1);
        writer.Write(resources.Cpu.Value);
        writer.Write(resources.Memory.Value);
        writer.Write(resources.Disk.Value);
        writer.Write(resources.Pods);
        var extended = resources.Extended.IsDefault ? [] : resources.Extended;
        writer.WriteArrayHeader(extended.Length * 2);
        foreach (var resource in extended)
        {
            writer.Write(resource.Name);
            writer.Write(resource.Count);
        }
        if (!resources.Devices.IsNone) DeviceCodec.Write(ref writer, resources.Devices);
    }

    public static Resources ReadResources(ref MessagePackReader reader)
    {
        Codec.Bound(reader, NodeCard.EncodedMax, "resources");
        var fields = Codec.ReadArray(ref reader, ResourceFields, "resources");
        var cpu = ReadAmount(ref reader, "resources.cpu");
        var memory = ReadAmount(ref reader, "resources.memory");
        var disk = ReadAmount(ref reader, "resources.disk");
        var pods = reader.ReadInt32();
        var extended = new ExtendedResource[Codec.ReadCount(ref reader, NodeCard.EncodedMax, "resources.extended") / 2];
        for (var i = 0; i < extended.Length; i++)
        {
            extended[i] = new ExtendedResource(
                Codec.ReadText(ref reader, Limits.Name, "resources.extended"), ReadAmount(ref reader, "resources.extended"));
            if (i > 0 && string.CompareOrdinal(extended[i - 1].Name, extended[i].Name) >= 0)
                throw Codec.Bad("resources.extended", "not in order");
        }
        var read = new Resources(new MilliCpu(cpu), new Bytes(memory), new Bytes(disk), pods, ImmutableArray.Create(extended));
        if (fields == ResourceFields) return read;
        read = read with { Devices = DeviceCodec.Read(ref reader) };
        Codec.SkipRest(ref reader, fields - ResourceFields - 1);
        return read;
    }

    static long ReadAmount(ref MessagePackReader reader, string field)
    {
        var amount = reader.ReadInt64();
        return amount is >= -Resources.Greatest and <= Resources.Greatest ? amount : throw Codec.Bad(field, "out of range");
    }
}
