using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tables;

/// <summary>
/// The round cell of a summary row as MessagePack, at most <see cref="BytesMax"/> bytes, so that the row fits a
/// datagram: reasons are cut to what <see cref="RoundSummary.AnswersMax"/> answers leave each. An answer is
/// [node, -1, reason] or [node, score, parts], then what the host app says and what it costs, where there is any of
/// that. The row's birth cell is <see cref="PodCodec.SlotBirth"/>.
/// </summary>
static class RoundSummaryCodec
{
    public const int BytesMax = 880;
    const int Fields = 9;
    const int AnswerFields = 3, CostFields = 3;
    const int WhyMax = 160;

    /// <summary>A gang's text of up to 110 bytes takes the room of three answers.</summary>
    const int GangMax = 110, AnswersOfGang = 13;

    /// <summary>16 refusals of array 1 + node 9 + score 5 + text header 2 + 32 are 784, and 86 for what stands before them.</summary>
    static readonly int[] Cuts = [WhyMax, 128, 96, 80, 64, 56, 48, 40, 32];

    /// <summary>Bids have 3 to 61 bytes of parts and up to 11 of cost in place of a reason: where even the shortest cut does not do, the last are left out.</summary>
    internal static byte[] Write(in RoundHead head, ReadOnlySpan<RoundAnswer> answers, string gang)
    {
        answers = answers[..Math.Min(answers.Length, gang.Length == 0 ? RoundSummary.AnswersMax : AnswersOfGang)];
        for (; ; answers = answers[..^1])
            foreach (var cut in Cuts)
            {
                if (cut != Cuts[^1] && LeastOf(answers, cut) > BytesMax) continue; // not even tried
                var buffer = Codec.Scratch();
                Write(buffer, head, answers, gang, cut);
                if (buffer.Length <= BytesMax) return buffer.Written.ToArray();
            }
    }

    /// <summary>Bytes that the answers take at least: array 1 + node 9 (less for one id in 2^32) + score 1 + text header 1 + text.</summary>
    static int LeastOf(ReadOnlySpan<RoundAnswer> answers, int whyMax)
    {
        var bytes = 0;
        foreach (var answer in answers) bytes += 8 + Math.Min(whyMax, answer.Says.Length);
        return bytes;
    }

    static void Write(WireBuffer buffer, in RoundHead head, ReadOnlySpan<RoundAnswer> answers, string gang, int whyMax)
    {
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        PodCodec.Write(ref writer, head.Run);
        writer.Write(head.Auctioneer.Value);
        writer.Write(head.Round);
        writer.Write(head.Asked);
        writer.Write(head.Bids);
        writer.Write(head.Winner.Value);
        writer.Write(head.At.Value);
        writer.WriteArrayHeader(answers.Length);
        foreach (var answer in answers) Write(ref writer, answer, whyMax);
        Codec.WriteText(ref writer, gang, GangMax);
        writer.Flush();
    }

    static void Write(ref MessagePackWriter writer, in RoundAnswer answer, int whyMax)
    {
        writer.WriteArrayHeader(!answer.IsBid ? AnswerFields : answer.Evicts is not null ? AnswerFields + 1 + CostFields : answer.Says.Length > 0 ? AnswerFields + 1 : AnswerFields);
        writer.Write(answer.Node.Value);
        writer.Write(answer.Score);
        if (answer.IsBid) answer.Parts.Write(ref writer);
        if (!answer.IsBid || answer.Says.Length > 0 || answer.Evicts is not null) Codec.WriteText(ref writer, answer.Says, whyMax);
        if (!answer.IsBid || answer.Evicts is not { } cost) return;
        writer.Write(cost.Violations);
        writer.Write(cost.Greatest);
        writer.Write(cost.Victims);
    }

    /// <summary>Looks through all of it, so that nothing is malformed any more when it is read later.</summary>
    public static RoundSummary Read(ReadOnlyMemory<byte> cell)
    {
        ReadHead(cell, out var from);
        var reader = new MessagePackReader(cell[from..]);
        for (var left = ReadCount(ref reader); left > 0; left--) ReadAnswer(ref reader, out _);
        Codec.ReadUtf8(ref reader, GangMax, "round.gang");
        return new RoundSummary(cell);
    }

    /// <param name="from">Where the answers begin.</param>
    internal static RoundHead ReadHead(ReadOnlyMemory<byte> cell, out int from)
    {
        var reader = new MessagePackReader(cell);
        Codec.ReadArray(ref reader, Fields, "round");
        var head = new RoundHead(PodCodec.ReadRun(ref reader), new NodeId(reader.ReadUInt64()), reader.ReadUInt32(), reader.ReadInt32(), reader.ReadInt32(),
            new NodeId(reader.ReadUInt64()), new Stamp(reader.ReadUInt64()));
        from = (int)reader.Consumed;
        return head;
    }

    internal static ImmutableArray<RoundAnswer> ReadAnswers(ReadOnlyMemory<byte> cell)
    {
        ReadHead(cell, out var from);
        var reader = new MessagePackReader(cell[from..]);
        var count = ReadCount(ref reader);
        var answers = ImmutableArray.CreateBuilder<RoundAnswer>(count);
        for (var i = 0; i < count; i++) answers.Add(ReadAnswer(ref reader, out var says) with { Says = says.IsEmpty ? "" : System.Text.Encoding.UTF8.GetString(says) });
        return answers.MoveToImmutable();
    }

    internal static string ReadGang(ReadOnlyMemory<byte> cell)
    {
        ReadHead(cell, out var from);
        var reader = new MessagePackReader(cell[from..]);
        for (var left = ReadCount(ref reader); left > 0; left--) ReadAnswer(ref reader, out _);
        return Codec.ReadText(ref reader, GangMax, "round.gang");
    }

    static int ReadCount(ref MessagePackReader reader) => Codec.ReadCount(ref reader, RoundSummary.AnswersMax, "round.answers");

    /// <summary>All but the text, which is made where it is wanted.</summary>
    static RoundAnswer ReadAnswer(ref MessagePackReader reader, out ReadOnlySpan<byte> says)
    {
        var fields = Codec.ReadArray(ref reader, AnswerFields, "answer");
        var answer = new RoundAnswer(new NodeId(reader.ReadUInt64()), reader.ReadInt32(), "");
        says = default;
        var read = AnswerFields;
        if (!answer.IsBid) says = Codec.ReadUtf8(ref reader, WhyMax, "answer.why");
        else
        {
            answer = answer with { Parts = ScoreParts.Read(ref reader, "answer.parts") };
            if (fields > read)
            {
                says = Codec.ReadUtf8(ref reader, WhyMax, "answer.host");
                read++;
            }
            if (fields >= read + CostFields && read > AnswerFields)
            {
                var (violations, greatest, victims) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
                answer = answer with { Evicts = new PreemptionCost(violations, greatest, 0, victims, Stamp.Zero) };
                read += CostFields;
            }
        }
        Codec.SkipRest(ref reader, fields - read);
        return answer;
    }
}
