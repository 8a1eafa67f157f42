using System.Buffers;
using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Scheduling;

/// <summary>
/// The round cell of a summary row as MessagePack, at most <see cref="BytesMax"/> bytes, so that the row fits a
/// datagram: reasons are cut to what <see cref="RoundSummary.AnswersMax"/> answers leave each. The row's birth cell is
/// <see cref="PodCodec.SlotBirth"/>.
/// </summary>
public static class RoundSummaryCodec
{
    public const int BytesMax = 880;
    const int WhyMax = 160;

    /// <summary>A gang's text of up to 110 bytes takes the room of three answers.</summary>
    const int GangMax = 110, AnswersOfGang = 13;

    /// <summary>16 answers of array 1 + node 9 + score 5 + text header 2 + 32 are 784, and 80 for what stands before them.</summary>
    static readonly int[] Cuts = [WhyMax, 128, 96, 80, 64, 56, 48, 40, 32];

    public static byte[] Write(RoundSummary summary)
    {
        foreach (var cut in Cuts)
        {
            if (cut != Cuts[^1] && LeastOf(summary, cut) > BytesMax) continue; // not even tried
            var bytes = Write(summary, cut);
            if (bytes.Length <= BytesMax) return bytes;
        }
        throw new InvariantBroken("a round summary fits its row");
    }

    /// <summary>Bytes that the answers take at least: array 1 + node 9 (less for one id in 2^32) + score 1 + text header 1 + text.</summary>
    static int LeastOf(RoundSummary summary, int whyMax)
    {
        var bytes = 0;
        foreach (var answer in Told(summary)) bytes += 8 + Math.Min(whyMax, answer.Why.Length);
        return bytes;
    }

    static ReadOnlySpan<RoundAnswer> Told(RoundSummary summary)
    {
        var answers = summary.Answers.IsDefault ? [] : summary.Answers.AsSpan();
        return answers[..Math.Min(answers.Length, summary.Gang.Length == 0 ? RoundSummary.AnswersMax : AnswersOfGang)];
    }

    static byte[] Write(RoundSummary summary, int whyMax)
    {
        var buffer = new ArrayBufferWriter<byte>(BytesMax);
        var writer = new MessagePackWriter(buffer);
        var answers = Told(summary);
        writer.WriteArrayHeader(summary.Gang.Length == 0 ? 7 : 8);
        PodCodec.Write(ref writer, summary.Run);
        writer.Write(summary.Auctioneer.Value);
        writer.Write(summary.Round);
        writer.Write(summary.Asked);
        writer.Write(summary.Winner.Value);
        writer.Write(summary.At.Value);
        writer.WriteArrayHeader(answers.Length);
        foreach (var answer in answers)
        {
            writer.WriteArrayHeader(3);
            writer.Write(answer.Node.Value);
            writer.Write(answer.Score);
            Codec.WriteText(ref writer, answer.Why, whyMax);
        }
        if (summary.Gang.Length > 0) Codec.WriteText(ref writer, summary.Gang, GangMax);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static RoundSummary Read(ReadOnlyMemory<byte> cell)
    {
        var reader = new MessagePackReader(cell);
        var parts = Codec.ReadArray(ref reader, 7, "round");
        var run = PodCodec.ReadRun(ref reader);
        var auctioneer = new NodeId(reader.ReadUInt64());
        var round = reader.ReadUInt32();
        var asked = reader.ReadInt32();
        var winner = new NodeId(reader.ReadUInt64());
        var at = new Stamp(reader.ReadUInt64());
        var from = (int)reader.Consumed;
        SkipAnswers(ref reader);
        return new RoundSummary(run, auctioneer, round, asked, winner, at, [])
        {
            Packed = cell[from..(int)reader.Consumed],
            Gang = parts > 7 ? Codec.ReadText(ref reader, GangMax, "round.gang") : "",
        };
    }

    /// <summary>Throws where reading them would.</summary>
    static void SkipAnswers(ref MessagePackReader reader)
    {
        for (var left = Codec.ReadCount(ref reader, RoundSummary.AnswersMax, "round.answers"); left > 0; left--)
        {
            var fields = Codec.ReadArray(ref reader, 3, "answer");
            reader.ReadUInt64();
            reader.ReadInt32();
            Codec.ReadUtf8(ref reader, WhyMax, "answer.why");
            Codec.SkipRest(ref reader, fields - 3);
        }
    }

    internal static ImmutableArray<RoundAnswer> ReadAnswers(ReadOnlyMemory<byte> packed)
    {
        var reader = new MessagePackReader(packed);
        var count = Codec.ReadCount(ref reader, RoundSummary.AnswersMax, "round.answers");
        var answers = ImmutableArray.CreateBuilder<RoundAnswer>(count);
        for (var i = 0; i < count; i++)
        {
            var fields = Codec.ReadArray(ref reader, 3, "answer");
            answers.Add(new RoundAnswer(new NodeId(reader.ReadUInt64()), reader.ReadInt32(), Codec.ReadText(ref reader, WhyMax, "answer.why")));
            Codec.SkipRest(ref reader, fields - 3);
        }
        return answers.MoveToImmutable();
    }
}
