using System.Buffers;
using System.Collections.Immutable;
using Gossip.Core.Model;
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
        PodCodec.WriteText(ref writer, birth.Winner, WinnerMax);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static AdmissionBirth ReadBirth(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        PodCodec.ReadArray(ref reader, 4);
        var node = new NodeId(reader.ReadUInt64());
        var run = PodCodec.ReadRun(ref reader);
        var at = new Stamp(reader.ReadUInt64());
        return new AdmissionBirth(node, run, at, PodCodec.ReadText(ref reader, WinnerMax));
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
        PodCodec.WriteText(ref writer, status.Ip, IpMax);
        writer.Write(status.StartedAt.UnixMilliseconds);
        PodCodec.WriteText(ref writer, status.Reason, ReasonMax);
        PodCodec.WriteText(ref writer, status.Message, MessageMax);
        writer.WriteArrayHeader(containers.Length);
        foreach (var container in containers)
        {
            writer.WriteArrayHeader(7);
            PodCodec.WriteText(ref writer, container.Name, NameMax);
            writer.Write((byte)container.Stage);
            writer.Write(container.Restarts);
            writer.Write(container.Since.UnixMilliseconds);
            writer.Write(container.ExitCode);
            PodCodec.WriteText(ref writer, container.Reason, reasonMax);
            PodCodec.WriteText(ref writer, container.Message, messageMax);
        }
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static AdmissionStatus ReadStatus(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        PodCodec.ReadArray(ref reader, 9);
        var rank = reader.ReadUInt32();
        var draining = reader.ReadBoolean();
        var phase = (PodPhase)Enumerator(ref reader, (byte)PodPhase.Failed);
        var ready = reader.ReadBoolean();
        var ip = PodCodec.ReadText(ref reader, IpMax);
        var startedAt = new WallTime(reader.ReadInt64());
        var reason = PodCodec.ReadText(ref reader, ReasonMax);
        var message = PodCodec.ReadText(ref reader, MessageMax);
        var count = reader.ReadArrayHeader();
        if (count > ContainersMax) throw new MessagePackSerializationException($"{count} containers, at most {ContainersMax}");
        var containers = ImmutableArray.CreateBuilder<ContainerState>(count);
        for (var i = 0; i < count; i++) containers.Add(ReadContainer(ref reader));
        return new AdmissionStatus(rank, draining, phase, ready, ip, startedAt, containers.MoveToImmutable(), reason, message);
    }

    static ContainerState ReadContainer(ref MessagePackReader reader)
    {
        var fields = PodCodec.ReadArray(ref reader, 7);
        var name = PodCodec.ReadText(ref reader, NameMax);
        var stage = (ContainerStage)Enumerator(ref reader, (byte)ContainerStage.Terminated);
        var restarts = reader.ReadInt32();
        var since = new WallTime(reader.ReadInt64());
        var exitCode = reader.ReadInt32();
        var reason = PodCodec.ReadText(ref reader, ReasonMax);
        var state = new ContainerState(name, stage, restarts, since, exitCode, reason, PodCodec.ReadText(ref reader, MessageMax));
        PodCodec.SkipRest(ref reader, fields, 7);
        return state;
    }

    static byte Enumerator(ref MessagePackReader reader, byte greatest)
    {
        var value = reader.ReadByte();
        return value <= greatest ? value : throw new MessagePackSerializationException($"{value} is not among the {greatest + 1} known values");
    }
}
