using System.Buffers;
using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Pods.Access;

/// <summary>
/// A question in MessagePack: [kind, places, container, then the kind's own fields]. Whoever reads bounds each field before it is
/// taken, and refuses the whole with an exception that names the field.
/// </summary>
static class PodQuestionCodec
{
    /// <summary>A command of 30 kB, more than anybody types, in one frame of a talk.</summary>
    public const int BytesMax = 32 * 1024;

    const int Words = 1024, Word = 30_000, Path = 4096, RuntimeName = 63; // PATH_MAX, a label

    enum Kind : byte { Logs = 1, Exec, Attach, Copy, Usage }

    /// <returns>At most <see cref="BytesMax"/> bytes.</returns>
    /// <exception cref="PodAccessException">A command or path that is too long.</exception>
    public static byte[] Write(PodQuestion question)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        switch (question)
        {
            case LogsQuestion logs:
                Head(ref writer, 8, Kind.Logs, [logs.At], logs.Container);
                writer.Write(logs.Query.Follow);
                writer.Write(logs.Query.Tail ?? -1);
                writer.Write(logs.Query.Since?.UnixMilliseconds ?? -1);
                writer.Write(logs.Query.Previous);
                writer.Write(logs.Query.Timestamps);
                break;
            case ExecQuestion exec:
                Head(ref writer, 6, Kind.Exec, [exec.At], exec.Container);
                if (exec.Command.Length > Words) throw new PodAccessException($"the command has {exec.Command.Length} words; at most {Words} are taken");
                writer.WriteArrayHeader(exec.Command.Length);
                foreach (var word in exec.Command) writer.Write(word);
                writer.Write(exec.HasInput);
                writer.Write(exec.Terminal);
                break;
            case AttachQuestion attach:
                Head(ref writer, 5, Kind.Attach, [attach.At], attach.Container);
                writer.Write(attach.HasInput);
                writer.Write(attach.Terminal);
                break;
            case CopyQuestion copy:
                Head(ref writer, 4, Kind.Copy, [copy.At], copy.Container);
                if (copy.Path.Length > Path) throw new PodAccessException($"the path is longer than {Path} characters");
                writer.Write(copy.Path);
                break;
            case UsageQuestion usage:
                Check.That(usage.At.Length <= UsageQuestion.MostPods);
                Head(ref writer, 3, Kind.Usage, usage.At, "");
                break;
        }
        writer.Flush();
        return buffer.WrittenCount <= BytesMax ? buffer.WrittenSpan.ToArray()
            : throw new PodAccessException($"the command takes {buffer.WrittenCount} bytes; at most {BytesMax} are taken");
    }

    /// <exception cref="MessagePackSerializationException">Names the field that cannot be.</exception>
    public static PodQuestion Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        try
        {
            return Read(ref reader);
        }
        catch (Exception cut) when (cut is EndOfStreamException or OverflowException)
        {
            throw Codec.Bad("question", cut is OverflowException ? "a number out of range" : "is cut");
        }
    }

    static PodQuestion Read(ref MessagePackReader reader)
    {
        Codec.ReadArray(ref reader, 3, "question");
        var kind = (Kind)Codec.ReadUpTo(ref reader, byte.MaxValue, "kind");
        var places = ImmutableArray.CreateBuilder<PodPlace>(Codec.ReadCount(ref reader, UsageQuestion.MostPods, "places"));
        for (var left = places.Capacity; left > 0; left--)
        {
            Codec.ReadArray(ref reader, 2, "place");
            places.Add(new PodPlace(PodCodec.ReadRun(ref reader), Codec.ReadText(ref reader, RuntimeName, "runtime")));
        }
        var container = Codec.ReadText(ref reader, Limits.Label, "container");
        if (kind == Kind.Usage) return new UsageQuestion(places.MoveToImmutable());
        var at = places.Count == 1 ? places[0] : throw Codec.Bad("places", "is not one");
        switch (kind)
        {
            case Kind.Logs:
                var (follow, tail, since) = (reader.ReadBoolean(), reader.ReadInt32(), reader.ReadInt64());
                return new LogsQuestion(at, container, new LogQuery(follow, tail < 0 ? null : tail, since < 0 ? null : new WallTime(since), reader.ReadBoolean(), reader.ReadBoolean()));
            case Kind.Exec:
                var command = ImmutableArray.CreateBuilder<string>(Codec.ReadCount(ref reader, Words, "command"));
                for (var left = command.Capacity; left > 0; left--) command.Add(Codec.ReadText(ref reader, Word, "command"));
                if (command.Count == 0) throw Codec.Bad("command", "is empty");
                return new ExecQuestion(at, container, command.MoveToImmutable(), reader.ReadBoolean(), reader.ReadBoolean());
            case Kind.Attach:
                return new AttachQuestion(at, container, reader.ReadBoolean(), reader.ReadBoolean());
            case Kind.Copy:
                return new CopyQuestion(at, container, Codec.ReadText(ref reader, Path, "path"));
            default:
                throw Codec.Bad("kind", "is not known here");
        }
    }

    static void Head(ref MessagePackWriter writer, int fields, Kind kind, ImmutableArray<PodPlace> places, string container)
    {
        writer.WriteArrayHeader(fields);
        writer.Write((byte)kind);
        writer.WriteArrayHeader(places.Length);
        foreach (var place in places)
        {
            writer.WriteArrayHeader(2);
            PodCodec.Write(ref writer, place.Pod);
            writer.Write(place.Runtime);
        }
        writer.Write(container);
    }
}
