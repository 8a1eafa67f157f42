using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Wire;

namespace Gossip.Core.Tables;

/// <summary>
/// What the rows say of one pod, whether or not its workload is known yet: rows arrive in any order. Two nodes may
/// each have made a slot row for it, so facts are joined: greatest, union, or.
/// </summary>
sealed class PodFacts
{
    // One entry or none, for nearly every pod: arrays, since there is a pod in every node's memory for each pod there is.
    ImmutableArray<Row> slotRows = [];
    ImmutableArray<Row> summaries = [];
    Epoch greatestSeen;

    /// <summary><see cref="Garbage"/> knows of it as one without a slot.</summary>
    public bool IsNoted { get; set; }

    /// <summary>A row that holds facts, to edit.</summary>
    public Uid? FactsRow => slotRows.IsEmpty ? null : slotRows[0].Uid;

    /// <summary>First in order first.</summary>
    public ImmutableArray<Admission> Admissions { get; private set; } = [];

    public bool IsEmpty => Admissions.IsEmpty && slotRows.IsEmpty && summaries.IsEmpty;

    /// <summary>Slot and summary rows: what is garbage once the workload is gone.</summary>
    public IEnumerable<Uid> Rows => slotRows.Concat(summaries).Select(row => row.Uid);

    public void Put(Admission admission)
    {
        Take(admission.Uid);
        var at = 0;
        while (at < Admissions.Length && Admissions[at].Precedes(admission)) at++;
        Admissions = Admissions.Insert(at, admission);
        Saw(admission.Run.Epoch);
    }

    public void Saw(Epoch epoch) => greatestSeen = Epoch.Max(greatestSeen, epoch);

    public void Take(Uid admission)
    {
        for (var at = 0; at < Admissions.Length; at++)
        {
            if (Admissions[at].Uid != admission) continue;
            Admissions = Admissions.RemoveAt(at);
            return;
        }
    }

    public void PutSlot(Row row) => slotRows = With(slotRows, row);
    public void TakeSlot(Uid row) => slotRows = slotRows.RemoveAll(held => held.Uid == row);
    public void PutSummary(Row row) => summaries = With(summaries, row);
    public void TakeSummary(Uid row) => summaries = summaries.RemoveAll(held => held.Uid == row);

    /// <summary>The last round of each auctioneer, in no order that matters.</summary>
    public ReadOnlySpan<Row> Rounds => summaries.AsSpan();

    /// <summary>Of a later run; of one run, the one said later. Clocks may be minutes apart, and runs are not.</summary>
    static bool IsLater(in RoundHead one, in RoundHead than) =>
        one.Run.Epoch != than.Run.Epoch ? one.Run.Epoch > than.Run.Epoch : one.At.CompareTo(than.At) >= 0;

    public Uid? SummaryOf(NodeId auctioneer)
    {
        foreach (var row in summaries)
            if (HeadOf(row).Auctioneer == auctioneer) return row.Uid;
        return null;
    }

    /// <summary>Writes what is known into the slot that was derived for the pod.</summary>
    public void CopyTo(Slot slot)
    {
        var (least, why, succeeded) = (Epoch.None, RunEnd.Deleted, false);
        SortedSet<Epoch>? failed = null;
        foreach (var row in slotRows)
            foreach (var cell in row)
            {
                if (cell.Field == Fields.LeastEpoch)
                {
                    if (cell.Generation < least.Value) continue;
                    least = new Epoch(cell.Generation);
                    why = cell.Value.Span is [(byte)RunEnd.Evicted] ? RunEnd.Evicted : RunEnd.Deleted;
                }
                else if (cell.IsNull) continue;
                else if (cell.Field == Fields.Succeeded) succeeded = true;
                else if (cell.Field.StartsWith(Fields.FailedPrefix, StringComparison.Ordinal)
                    && uint.TryParse(cell.Field.AsSpan(Fields.FailedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
                    (failed ??= []).Add(new Epoch(epoch));
            }
        var last = summaries.IsEmpty ? null : summaries[0];
        for (var i = 1; i < summaries.Length; i++)
            if (IsLater(HeadOf(summaries[i]), HeadOf(last!))) last = summaries[i];
        slot.LeastEpoch = least;
        slot.LeastBecause = why;
        slot.Succeeded = succeeded;
        slot.FailedEpochs = failed is null ? [] : [.. failed];
        slot.Admissions = Admissions;
        slot.SummaryRow = last;
        slot.GreatestEpoch = Epoch.Max(greatestSeen, failed is null ? Epoch.None : failed.Max);
        // Who restarted has not seen the admissions of before that are gone; whoever called a round for the epoch after them had.
        if (last is not null && HeadOf(last).Run.Epoch is { Value: > 0 } called) slot.GreatestEpoch = Epoch.Max(slot.GreatestEpoch, new Epoch(called.Value - 1));
    }

    /// <summary>An admission's row as it means it; null for a poison row, which stays held and does nothing.</summary>
    /// <param name="held">The same row as it was: its birth never changes.</param>
    public static Admission? Read(Row row, Admission? held)
    {
        try
        {
            var status = row[Fields.Status] is { IsNull: false } cell ? AdmissionCodec.ReadStatus(cell.Value) : AdmissionStatus.Admitted;
            return held is not null ? held.As(row, status) : new Admission(row, AdmissionCodec.ReadBirth(row[Fields.Birth]!.Value.Value), status);
        }
        catch (Exception poison) when (Codec.IsMalformed(poison))
        {
            return null;
        }
    }

    /// <summary>Whose admission it is; null of a poison row.</summary>
    public static NodeId? ReadNode(Row admission)
    {
        try
        {
            return AdmissionCodec.ReadNode(admission[Fields.Birth]!.Value.Value);
        }
        catch (Exception poison) when (Codec.IsMalformed(poison))
        {
            return null;
        }
    }

    public static PodId? ReadPod(Row row)
    {
        try
        {
            return PodCodec.ReadSlotBirth(row[Fields.Birth]!.Value.Value);
        }
        catch (Exception poison) when (Codec.IsMalformed(poison))
        {
            return null;
        }
    }

    public static RoundSummary? ReadSummary(Row row)
    {
        if (row[Fields.Round] is not { IsNull: false } cell) return null;
        try
        {
            return RoundSummaryCodec.Read(cell.Value);
        }
        catch (Exception poison) when (Codec.IsMalformed(poison))
        {
            return null;
        }
    }

    /// <summary>In order of uid; in the place of what was held under it.</summary>
    static ImmutableArray<Row> With(ImmutableArray<Row> held, Row one)
    {
        var at = 0;
        while (at < held.Length && held[at].Uid.CompareTo(one.Uid) < 0) at++;
        return at < held.Length && held[at].Uid == one.Uid ? held.SetItem(at, one) : held.Insert(at, one);
    }

    internal static RoundHead HeadOf(Row summary) => RoundSummaryCodec.ReadHead(summary[Fields.Round]!.Value.Value, out _);
}
