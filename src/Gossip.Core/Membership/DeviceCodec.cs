using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Membership;

/// <summary>
/// Devices as they travel: per group kind, model, and runs of (free, how many) in descending order. Full devices are not
/// told, and of more than <see cref="RunsMost"/> different shares the least are not: a summary, exact for nodes of up to 16 devices.
/// </summary>
static class DeviceCodec
{
    /// <summary>Of a group: 16 x (3 + 1) bytes, so that a node with its devices still fits its record.</summary>
    const int RunsMost = 16;
    const int GroupFields = 3;

    public static void Write(ref MessagePackWriter writer, Devices devices)
    {
        Span<int> free = stackalloc int[Devices.InGroupMost];
        writer.WriteArrayHeader(devices.Groups.Length);
        foreach (var group in devices.Groups)
        {
            group.Free.AsSpan().CopyTo(free);
            var told = free[..group.Free.Length];
            told.Sort((a, b) => b.CompareTo(a));
            writer.WriteArrayHeader(GroupFields);
            writer.Write(group.Kind);
            writer.Write(group.Model);
            var runs = 0;
            for (var i = 0; i < told.Length && told[i] > 0; i++)
                if (i == 0 || told[i] != told[i - 1]) runs++;
            runs = Math.Min(runs, RunsMost);
            writer.WriteArrayHeader(2 * runs);
            for (var (i, run) = (0, 0); run < runs; run++)
            {
                var from = i;
                while (i < told.Length && told[i] == told[from]) i++;
                writer.Write(told[from]);
                writer.Write(i - from);
            }
        }
    }

    public static Devices Read(ref MessagePackReader reader)
    {
        var groups = ImmutableArray.CreateBuilder<DeviceGroup>(Codec.ReadCount(ref reader, Devices.GroupsMost, "devices"));
        for (var g = 0; g < groups.Capacity; g++)
        {
            var fields = Codec.ReadArray(ref reader, GroupFields, "devices");
            var kind = Codec.ReadText(ref reader, Limits.Label, "devices.kind");
            var model = Codec.ReadText(ref reader, Limits.Label, "devices.model");
            var free = ImmutableArray.CreateBuilder<int>();
            var last = DeviceRequest.Whole + 1;
            for (var runs = Codec.ReadCount(ref reader, 2 * RunsMost, "devices.free") / 2; runs > 0; runs--)
            {
                var milli = (int)Codec.ReadUpTo(ref reader, DeviceRequest.Whole, "devices.free");
                if (milli >= last) throw Codec.Bad("devices.free", "not in order");
                last = milli;
                var count = (int)Codec.ReadUpTo(ref reader, (ulong)(Devices.InGroupMost - free.Count), "devices.free");
                for (; count > 0; count--) free.Add(milli);
            }
            Codec.SkipRest(ref reader, fields - GroupFields);
            groups.Add(new DeviceGroup(kind, model, free.DrainToImmutable()));
        }
        return groups.Count == 0 ? Devices.None : new Devices(groups.DrainToImmutable());
    }
}
