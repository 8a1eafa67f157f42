using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tables;

/// <summary>
/// The two cells of an admission row as MessagePack. Writing cuts texts so that the whole row fits a datagram:
/// birth 220 + status 640 leave 270 for the row's dots, stamps and field names. Reading throws
/// <see cref="MessagePackSerializationException"/> or <see cref="EndOfStreamException"/> on anything else.
/// </summary>
static class AdmissionCodec
{
    public const int BirthBytesMax = 220;
    public const int StatusBytesMax = 640;

    /// <summary>A pod may have more containers; those after these tell nothing.</summary>
    public const int ContainersMax = 64;

    /// <summary>What one status tells of what happened lately.</summary>
    public const int NotesMax = 4;

    const int SaysMax = 133; // 220 - array 1 - node 9 - run 38 - stamp 9 - victory 11 - text header 2, 10 for its devices, 5 for its priority, 1 for its policy
    const int BirthFields = 4 + Victory.Fields;

    /// <summary>A score for one that was not won.</summary>
    const int NotWon = -1;
    const int NameMax = 63;
    const int IpMax = 45;      // the longest text of an IPv6 address
    const int ReasonMax = 48;
    const int MessageMax = 160;

    const int StatusFields = 11, StatusFieldsLeast = 9;
    const int ContainerFields = 8, ContainerFieldsLeast = 7, EndFields = 3;

    /// <summary>How much is left of the texts, from generous to bare, until all containers fit.</summary>
    static readonly Cut[] Cuts =
        [new(ReasonMax, MessageMax, true, NotesMax, 96), new(32, 64, true, NotesMax, 48), new(24, 24, true, 2, 24), new(16, 0, true, 0, 0), new(16, 0, false, 0, 0), new(0, 0, false, 0, 0)];

    /// <param name="Ends">Whether it says how a container's earlier run ended.</param>
    /// <param name="Notes">How many, the latest ones.</param>
    readonly record struct Cut(int Reason, int Message, bool Ends, int Notes, int NoteMessage);

    public static byte[] Write(AdmissionBirth birth)
    {
        var buffer = Codec.Scratch();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(BirthFields + (birth.KeepsNewest ? 4 : birth.Priority != 0 ? 3 : birth.Devices is not null ? 2 : 0));
        writer.Write(birth.Node.Value);
        PodCodec.Write(ref writer, birth.Run);
        writer.Write(birth.AdmittedAt.Value);
        (birth.Won ?? new Victory(NotWon, 0)).Write(ref writer);
        Codec.WriteText(ref writer, birth.Says, SaysMax);
        if (birth.Devices is not null || birth.Priority != 0 || birth.KeepsNewest)
        {
            writer.Write(birth.Devices?.Group ?? 0);
            writer.Write(birth.Devices?.Mask ?? 0UL);
        }
        if (birth.Priority != 0 || birth.KeepsNewest) writer.Write(birth.Priority);
        if (birth.KeepsNewest) writer.Write(true);
        writer.Flush();
        return buffer.Written.ToArray();
    }

    /// <summary>Of a birth cell, no more than whose it is.</summary>
    public static NodeId ReadNode(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        Codec.ReadArray(ref reader, BirthFields, "admission");
        return new NodeId(reader.ReadUInt64());
    }

    public static AdmissionBirth ReadBirth(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        var fields = Codec.ReadArray(ref reader, BirthFields, "admission");
        var node = new NodeId(reader.ReadUInt64());
        var run = PodCodec.ReadRun(ref reader);
        var at = new Stamp(reader.ReadUInt64());
        var won = Victory.Read(ref reader);
        var birth = new AdmissionBirth(node, run, at, Codec.ReadText(ref reader, SaysMax, "admission.says")) { Won = won.Score == NotWon ? null : won };
        if (fields < BirthFields + 2) return birth;
        var devices = new DeviceGrant((int)Codec.ReadUpTo(ref reader, Primitives.Devices.GroupsMost, "admission.devices"), reader.ReadUInt64());
        return birth with
        {
            Devices = devices.Mask == 0 ? null : devices,
            Priority = fields < BirthFields + 3 ? 0 : reader.ReadInt32(),
            KeepsNewest = fields >= BirthFields + 4 && reader.ReadBoolean(),
        };
    }

    /// <summary>What every admission says at first: the same bytes, and read the same object.</summary>
    static readonly byte[] AdmittedBytes = WriteAnew(AdmissionStatus.Admitted);

    public static byte[] Write(AdmissionStatus status) => ReferenceEquals(status, AdmissionStatus.Admitted) ? AdmittedBytes : WriteAnew(status);

    static byte[] WriteAnew(AdmissionStatus status)
    {
        var containers = status.Containers.IsDefault ? [] : status.Containers.AsSpan();
        var count = Math.Min(containers.Length, ContainersMax);
        while (true)
        {
            foreach (var cut in Cuts)
            {
                var bytes = Write(status, containers[..count], cut);
                if (bytes.Length <= StatusBytesMax) return bytes;
            }
            Check.That(count > 0);
            count--; // dozens of containers with long names: the last ones stay untold
        }
    }

    static byte[] Write(AdmissionStatus status, ReadOnlySpan<ContainerState> containers, Cut cut)
    {
        var buffer = Codec.Scratch();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(StatusFields);
        writer.Write(status.Rank);
        writer.Write(status.Draining);
        writer.Write((byte)status.Phase);
        writer.Write(status.Ready);
        Codec.WriteText(ref writer, status.Ip, IpMax);
        writer.Write(status.StartedAt.UnixMilliseconds);
        Codec.WriteText(ref writer, status.Reason, ReasonMax);
        Codec.WriteText(ref writer, status.Message, MessageMax);
        writer.WriteArrayHeader(containers.Length);
        foreach (var container in containers) Write(ref writer, container, cut);
        writer.Write(status.ReadySince.UnixMilliseconds);
        var notes = status.Notes.IsDefault ? [] : status.Notes.AsSpan();
        notes = notes[Math.Max(0, notes.Length - cut.Notes)..];
        writer.WriteArrayHeader(notes.Length);
        foreach (var note in notes)
        {
            writer.WriteArrayHeader(4);
            Codec.WriteText(ref writer, note.Reason, ReasonMax);
            Codec.WriteText(ref writer, note.Container, NameMax);
            Codec.WriteText(ref writer, note.Message, cut.NoteMessage);
            writer.Write(note.Count);
        }
        writer.Flush();
        return buffer.Written.ToArray();
    }

    static void Write(ref MessagePackWriter writer, in ContainerState container, Cut cut)
    {
        var end = cut.Ends ? container.Last : null;
        writer.WriteArrayHeader(ContainerFields + (end is null ? 0 : EndFields));
        Codec.WriteText(ref writer, container.Name, NameMax);
        writer.Write((byte)container.Stage);
        writer.Write(container.Restarts);
        writer.Write(container.Since.UnixMilliseconds);
        writer.Write(container.ExitCode);
        Codec.WriteText(ref writer, container.Reason, cut.Reason);
        Codec.WriteText(ref writer, container.Message, cut.Message);
        writer.Write((byte)((container.Ready ? 1 : 0) | (container.Started ? 2 : 0)));
        if (end is not { } last) return;
        writer.Write(last.ExitCode);
        Codec.WriteText(ref writer, last.Reason, cut.Reason);
        writer.Write(last.At.UnixMilliseconds);
    }

    public static AdmissionStatus ReadStatus(ReadOnlyMemory<byte> cell)
    {
        if (cell.Span.SequenceEqual(AdmittedBytes)) return AdmissionStatus.Admitted;
        var reader = new MessagePackReader(cell);
        var fields = Codec.ReadArray(ref reader, StatusFieldsLeast, "status");
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
        var status = new AdmissionStatus(rank, draining, phase, ready, ip, startedAt, containers.MoveToImmutable(), reason, message);
        if (fields < StatusFields) return status; // of an older build
        var readySince = new WallTime(reader.ReadInt64());
        var notes = new PodNote[Codec.ReadCount(ref reader, NotesMax, "status.notes")];
        for (var i = 0; i < notes.Length; i++) notes[i] = ReadNote(ref reader);
        return status with { ReadySince = readySince, Notes = ImmutableCollectionsMarshal.AsImmutableArray(notes) };
    }

    static PodNote ReadNote(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, 4, "note");
        var note = new PodNote(Codec.ReadText(ref reader, ReasonMax, "note.reason"), Codec.ReadText(ref reader, NameMax, "note.container"),
            Codec.ReadText(ref reader, MessageMax, "note.message"), reader.ReadInt32());
        Codec.SkipRest(ref reader, fields - 4);
        return note;
    }

    static ContainerState ReadContainer(ref MessagePackReader reader)
    {
        var fields = Codec.ReadArray(ref reader, ContainerFieldsLeast, "container");
        var name = Codec.ReadText(ref reader, NameMax, "container.name");
        var stage = (ContainerStage)Codec.ReadUpTo(ref reader, (ulong)ContainerStage.Terminated, "container.stage");
        var restarts = reader.ReadInt32();
        var since = new WallTime(reader.ReadInt64());
        var exitCode = reader.ReadInt32();
        var reason = Codec.ReadText(ref reader, ReasonMax, "reason");
        var state = new ContainerState(name, stage, restarts, since, exitCode, reason, Codec.ReadText(ref reader, MessageMax, "message"));
        if (fields < ContainerFields) return state; // of an older build
        var flags = reader.ReadByte();
        state = state with { Ready = (flags & 1) != 0, Started = (flags & 2) != 0 };
        if (fields < ContainerFields + EndFields) return Skipped(ref reader, fields - ContainerFields, state);
        var end = new ContainerEnd(reader.ReadInt32(), Codec.ReadText(ref reader, ReasonMax, "last.reason"), new WallTime(reader.ReadInt64()));
        return Skipped(ref reader, fields - ContainerFields - EndFields, state with { Last = end });
    }

    static ContainerState Skipped(ref MessagePackReader reader, int fields, in ContainerState state)
    {
        Codec.SkipRest(ref reader, fields);
        return state;
    }
}
