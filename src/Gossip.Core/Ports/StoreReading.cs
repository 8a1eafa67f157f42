using System.Globalization;

namespace Gossip.Core.Ports;

/// <summary>How the log was when its store was closed, from a marker that the next start takes away.</summary>
readonly record struct CleanEnd(ulong Generation, long Length);

/// <summary>
/// What is left of a store's files. It tells what a crash may leave from what it may not: only the end of the log may be torn,
/// and only where nothing later proves that it had been synced. Everything else that is not as it was written is damage.
/// </summary>
/// <remarks>
/// The order of writing that it relies on: the snapshot of generation g replaces the older one, then an empty log of generation g
/// replaces the older log. Both replacements are whole or not at all.
/// </remarks>
/// <param name="Generation">Of the log to go on with.</param>
/// <param name="LogKeeps">Bytes of the log's file to go on after; null when a new log begins.</param>
/// <param name="IsSnapshotUsed">False also when there is none.</param>
/// <param name="IsSnapshotDamaged">A file is there, and not as it was written.</param>
sealed record StoreReading(
    StoreContents Contents, ulong Generation, ulong Salt, int? LogKeeps, bool IsSnapshotUsed, bool IsSnapshotDamaged, bool IsLogDamaged)
{
    /// <param name="snapshot">The whole file; null when there is none.</param>
    /// <param name="log">Likewise.</param>
    /// <param name="end">Null when no marker belongs to this log.</param>
    public static StoreReading Of(byte[]? snapshot, byte[]? log, CleanEnd? end)
    {
        var damage = new List<string>();
        var whole = ReadSnapshot(snapshot, damage, out var generation);
        var isSnapshotDamaged = damage.Count > 0;

        if (log is null)
        {
            if (snapshot is not null) damage.Add("the log is missing");
            return Begin(isLogDamaged: false);
        }
        if (!StoreFormat.TryReadHead(log, StoreFormat.LogMagic, out var head, out var isWhole))
        {
            damage.Add("the log's head is damaged, so none of its records can be read");
            return Begin(isLogDamaged: true);
        }
        if (whole is not null && head.Generation < generation)
        {
            // A crash came between the snapshot and its empty log: the snapshot holds all that this log says.
            if (head.Generation + 1 < generation)
                damage.Add("the log is older than the snapshot: what was written after the snapshot is missing");
            return Begin(isLogDamaged: false);
        }
        if (whole is not null && head.Generation > generation)
            damage.Add("the snapshot is older than the log: what was written between them is missing");
        if (snapshot is null && head.Generation > 0) damage.Add("the snapshot is missing");

        var isEnd = end is { } closed && closed.Generation == head.Generation;
        var records = ReadRecords(log, head.Content, isEnd ? end!.Value.Length : 0, out var keeps, out var damaged);
        if (damaged is not null) damage.Add(damaged);
        else if (!isWhole) damage.Add("the log's head is damaged");
        var contents = new StoreContents(whole, records, isEnd && end!.Value.Length == log.Length && damage.Count == 0) { Damage = damage };
        return new StoreReading(
            contents, head.Generation, head.Content, keeps, whole is not null, isSnapshotDamaged, damaged is not null || !isWhole);

        StoreReading Begin(bool isLogDamaged) =>
            new(
                new StoreContents(whole, [], IsClean: false) { Damage = damage },
                generation, 0, null, whole is not null, isSnapshotDamaged, isLogDamaged);
    }

    static ReadOnlyMemory<byte>? ReadSnapshot(byte[]? file, List<string> damage, out ulong generation)
    {
        generation = 0;
        if (file is null) return null;
        if (!StoreFormat.TryReadHead(file, StoreFormat.SnapshotMagic, out var head, out var isWhole)
            || !StoreFormat.IsSnapshot(head, file.AsSpan(StoreFormat.HeadSize)))
        {
            damage.Add("the snapshot is damaged");
            return null;
        }
        if (!isWhole) damage.Add("the snapshot's head is damaged");
        generation = head.Generation;
        return file.AsMemory(StoreFormat.HeadSize);
    }

    /// <summary>Every record that can be read, but none after an end that was torn.</summary>
    /// <param name="closedAt">The length at which the log was closed cleanly: up to there everything had been synced.</param>
    static List<ReadOnlyMemory<byte>> ReadRecords(ReadOnlyMemory<byte> file, ulong salt, long closedAt, out int keeps, out string? damaged)
    {
        var records = new List<(int At, ReadOnlyMemory<byte> Record)>();
        var holes = new List<int>();
        var synced = closedAt;
        var at = StoreFormat.HeadSize;
        while (at < file.Length)
        {
            if (StoreFormat.TryReadRecord(file.Span, at, salt, out var length, out var unsynced))
            {
                records.Add((at, file.Slice(at + StoreFormat.RecordHead, length)));
                synced = Math.Max(synced, at - unsynced);
                at += StoreFormat.RecordHead + length;
                continue;
            }
            holes.Add(at);
            at = StoreFormat.NextRecord(file.Span, at + 1, salt);
        }
        // The disk may write what was not synced in any order, so records may stand after the first torn one.
        var torn = holes.FindIndex(hole => hole >= synced);
        var end = keeps = torn < 0 ? file.Length : holes[torn];
        damaged = torn == 0 || holes.Count == 0 ? null : Say($"the log is damaged at byte {holes[0]}");
        if (closedAt > file.Length) damaged ??= Say($"the log is {closedAt - file.Length} bytes shorter than when it was closed");
        return [.. records.Where(each => each.At < end).Select(each => each.Record)];
    }

    static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
