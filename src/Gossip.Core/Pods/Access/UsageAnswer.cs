using System.Buffers;
using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Pods.Access;

/// <summary>What the pods of a <see cref="UsageQuestion"/> use, in its order; nothing for one that cannot say.</summary>
static class UsageAnswer
{
    /// <summary>256 pods of 32 containers at 64 + 30 B each, as the most that is read.</summary>
    public const int BytesMax = UsageQuestion.MostPods * ContainersMax * 94;

    const int ContainersMax = 32;

    public static byte[] Write(IReadOnlyList<ImmutableArray<ContainerUsage>> pods)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(pods.Count);
        foreach (var containers in pods)
        {
            var told = Math.Min(containers.Length, ContainersMax);
            writer.WriteArrayHeader(told);
            foreach (var container in containers.AsSpan()[..told])
            {
                writer.WriteArrayHeader(4);
                Codec.WriteText(ref writer, container.Container, Limits.Label);
                writer.Write(container.Cpu.Ticks);
                writer.Write(container.Memory.Value);
                writer.Write(container.Processes);
            }
        }
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="MessagePackSerializationException">Names the field that cannot be.</exception>
    public static ImmutableArray<ImmutableArray<ContainerUsage>> Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        try
        {
            var pods = ImmutableArray.CreateBuilder<ImmutableArray<ContainerUsage>>(Codec.ReadCount(ref reader, UsageQuestion.MostPods, "pods"));
            for (var left = pods.Capacity; left > 0; left--)
            {
                var containers = ImmutableArray.CreateBuilder<ContainerUsage>(Codec.ReadCount(ref reader, ContainersMax, "containers"));
                for (var more = containers.Capacity; more > 0; more--)
                {
                    var fields = Codec.ReadArray(ref reader, 4, "container");
                    containers.Add(new ContainerUsage(Codec.ReadText(ref reader, Limits.Label, "name"), new TimeSpan(reader.ReadInt64()), new Bytes(reader.ReadInt64()), reader.ReadInt32()));
                    Codec.SkipRest(ref reader, fields - 4);
                }
                pods.Add(containers.MoveToImmutable());
            }
            return pods.MoveToImmutable();
        }
        catch (Exception cut) when (cut is EndOfStreamException or OverflowException)
        {
            throw Codec.Bad("usage", cut is OverflowException ? "a number out of range" : "is cut");
        }
    }
}
