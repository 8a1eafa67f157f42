using System.Buffers;
using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Scheduling;

/// <summary>
/// The two cells of an admission row as MessagePack. Writing cuts texts so that the whole row fits a datagram:
/// birth 220 + status 640 leave 270 for the row's dots, stamps and field names. Reading throws
/// <see cref="MessagePackSerializationException"/> or <see cref="EndOfStreamException"/> on anything else.
/// </summary>
public static class AdmissionCodec
{
    public const int BirthBytesMax = 220;
    public const int StatusBytesMax = 640;

    /// <summary>A pod may have more containers; those after these tell nothing.</summary>
    public const int ContainersMax = 64;

    const int WinnerMax = 150; // 220 - array 1 - node 9 - run 38 - stamp 9 - text header 2, and room to grow
    const int NameMax = 63;
    const int IpMax = 45;      // the longest text of an IPv6 address
    const int ReasonMax = 48;
    const int MessageMax = 160;

    /// <summary>How far a container's texts are cut, from generous to bare, until all containers fit.</summary>
    static readonly (int Reason, int Message)[] Cuts = [(ReasonMax, MessageMax), (32, 64), (24, 24), (16, 0), (0, 0)];

    public static byte[] Write(AdmissionBirth birth)
    {
        var buffer = new ArrayBufferWriter<byte>(BirthBytesMax);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(4);
        writer.Write(birth.Node.Value);
        PodCodec.Write(ref writer, birth.Run);
        writer.Write(birth.AdmittedAt.Value);
        Codec.WriteText(ref writer, birth.Winner, WinnerMax);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static AdmissionBirth ReadBirth(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        Codec.ReadArray(ref reader, 4, "admission");
        var node = new NodeId(reader.ReadUInt64());
        var run = PodCodec.ReadRun(ref reader);
        var at = new Stamp(reader.ReadUInt64());
        return new AdmissionBirth(node, run, at, Codec.ReadText(ref reader, WinnerMax, "admission.winner"));
    }

    public static byte[] Write(AdmissionStatus status)
    {
        var containers = status.Containers.IsDefault ? [] : status.Containers.AsSpan();
        var count = Math.Min(containers.Length, ContainersMax);
        while (true)
        {
            foreach (var (reason, message) in Cuts)
            {
                var bytes = Write(status, containers[..count], reason, message);
                if (bytes.Length <= StatusBytesMax) return bytes;
            }
            Check.That(count > 0);
            count--; // dozens of containers with long names: the last ones stay untold
        }
    }

    static byte[] Write(AdmissionStatus status, ReadOnlySpan<ContainerState> containers, int reasonMax, int messageMax)
    {
        var buffer = new ArrayBufferWriter<byte>(StatusBytesMax);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(9);
        writer.Write(status.Rank);
        writer.Write(status.Draining);
        writer.Write((byte)status.Phase);
        writer.Write(status.Ready);
        Codec.WriteText(ref writer, status.Ip, IpMax);
        writer.Write(status.StartedAt.UnixMilliseconds);
        Codec.WriteText(ref writer, status.Reason, ReasonMax);
        Codec.WriteText(ref writer, status.Message, MessageMax);
        writer.WriteArrayHeader(containers.Length);
        foreach (var container in containers)
        {
            writer.WriteArrayHeader(7);
            Codec.WriteText(ref writer, container.Name, NameMax);
            writer.Write((byte)container.Stage);
            writer.Write(container.Restarts);
            writer.Write(container.Since.UnixMilliseconds);
            writer.Write(container.ExitCode);
            Codec.WriteText(ref writer, container.Reason, reasonMax);
            Codec.WriteText(ref writer, container.Message, messageMax);
        }
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static AdmissionStatus ReadStatus(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        Codec.ReadArray(ref reader, 9, "status");
        var rank = reader.ReadUInt32();
        var draining = reader.ReadBoolean();
        var phase = (PodPhase)Codec.ReadUpTo(ref reader, (ulong)PodPhase.Failed, "status.phase");
        var ready = reader.ReadBoolean();
        var ip = Codec.ReadText(ref reader, IpMax, "status.ip");
        var startedAt = new WallTime(reader.ReadInt64());
        var reason = Codec.ReadText(ref reader, ReasonMax, "reason");
        var message = Codec.ReadText(ref reader, MessageMax, "message");
        var count = Codec.ReadCount(ref reader, ContainersMax, "status.containers");
        var containers = ImmutableArray.CreateBuilder<ContainerState>(count);
        for (var i = 0; i < count; i++) containers.Add(ReadContainer(ref reader));
        return new AdmissionStatus(rank, draining, phase, ready, ip, startedAt, containers.MoveToImmutable(), reason, message);
    }

    static ContainerState ReadContainer(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, 7, "container");
        var name = Codec.ReadText(ref reader, NameMax, "container.name");
        var stage = (ContainerStage)Codec.ReadUpTo(ref reader, (ulong)ContainerStage.Terminated, "container.stage");
        var restarts = reader.ReadInt32();
        var since = new WallTime(reader.ReadInt64());
        var exitCode = reader.ReadInt32();
        var reason = Codec.ReadText(ref reader, ReasonMax, "reason");
        var state = new ContainerState(name, stage, restarts, since, exitCode, reason, Codec.ReadText(ref reader, MessageMax, "message"));
        Codec.SkipRest(ref reader, fields - 7);
        return state;
    }
}
