using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Primitives;

namespace Gossip.Core.Ports;

/// <summary>How the log was when its store was closed, from a marker that the next start takes away.</summary>
/// <param name="IsUntouched">Nobody wrote to the log since, so it is not an older one that was copied over it.</param>
readonly record struct CleanEnd(ulong Generation, long Length, bool IsUntouched = true);

/// <summary>
/// What a store says of itself beside its log and snapshot: so it is known that they were there, and what was wrong before.
/// </summary>
/// <param name="Owner">Whose store it is.</param>
/// <param name="HasLog">A log was begun: from then on there always is one.</param>
/// <param name="Damage">What an earlier start found, and what has not been made good since.</param>
sealed record StoreCard(NodeId Owner, bool HasLog, ImmutableArray<string> Damage);

/// <summary>A store's files as they were found; null for one that is not there.</summary>
/// <param name="Card">Null also when it cannot be read.</param>
/// <param name="End">Null when no marker belongs to this log.</param>
readonly record struct StoreFiles(byte[]? Snapshot, byte[]? Log, StoreCard? Card, CleanEnd? End);

/// <summary>
/// What is left of a store's files. It tells what a crash may leave from what it may not: only the end of the log may be torn,
/// and only where nothing later proves that it had been synced. Everything else that is not as it was written is damage.
/// docs/durability.md has it as a table.
/// </summary>
/// <remarks>
/// The order of writing that it relies on: the card, then the first log, then the card that says so; the snapshot of generation g
/// replaces the older one, then an empty log of generation g replaces the older log. Each replacement is whole or not at all.
/// </remarks>
/// <param name="Generation">Of the log to go on with.</param>
/// <param name="LogKeeps">Bytes of the log's file to go on after; null when a new log begins.</param>
/// <param name="Snapshot">The sum of the snapshot that is used, for the head of a log that follows it; 0 for none.</param>
/// <param name="IsSnapshotUsed">False also when there is none.</param>
/// <param name="IsSnapshotDamaged">A file is there, and not as it was written.</param>
/// <param name="Foreign">Everything here is another node's, and this one may not touch it: the other's id.</param>
sealed record StoreReading(
    StoreContents Contents, ulong Generation, ulong Salt, int? LogKeeps, uint Snapshot, bool IsSnapshotUsed, bool IsSnapshotDamaged,
    bool IsLogDamaged, NodeId? Foreign = null)
{
    /// <param name="owner">Whose store it should be.</param>
    public static StoreReading Of(in StoreFiles files, NodeId owner) => new Reader(files, owner).Read();

    sealed class Reader(StoreFiles files, NodeId owner)
    {
        readonly List<string> damage = [];
        ReadOnlyMemory<byte>? whole;
        ulong generation;
        uint sum;
        bool isSnapshotDamaged;

        /// <summary>What is still wrong as it was before is said once.</summary>
        List<string> Damage => [.. damage.Distinct(StringComparer.Ordinal)];

        public StoreReading Read()
        {
            if (ForeignOwner() is { } other)
                return new StoreReading(new StoreContents(null, [], IsClean: false), 0, 0, null, 0, false, false, false, other);
            ReadCard();
            ReadSnapshot();
            if (files.Log is not { } log)
            {
                if (files.Snapshot is not null) damage.Add("the log is missing");
                else if (files.Card is { HasLog: true }) damage.Add("the log and the snapshot are missing");
                return Begin(isLogDamaged: false);
            }
            if (!StoreFormat.TryReadHead(log, StoreFormat.LogMagic, out var head, out var isWhole))
            {
                damage.Add("the log's head is damaged, so none of its records can be read");
                return Begin(isLogDamaged: true);
            }
            if (head.Owner != owner)
            {
                damage.Add("the log is another node's");
                return Begin(isLogDamaged: true);
            }
            if (whole is not null && head.Generation < generation)
            {
                // A crash came between the snapshot and its empty log: the snapshot holds all that this log says.
                if (head.Generation + 1 < generation)
                    damage.Add("the log is older than the snapshot: what was written after the snapshot is missing");
                return Begin(isLogDamaged: false);
            }
            Compare(head);
            return Read(log, head, isWhole);
        }

        /// <summary>The node whose store this is, when no file of it is this node's.</summary>
        NodeId? ForeignOwner()
        {
            NodeId? other = null;
            foreach (var each in (ReadOnlySpan<NodeId?>)[
                files.Card?.Owner, OwnerOf(files.Log, StoreFormat.LogMagic), OwnerOf(files.Snapshot, StoreFormat.SnapshotMagic)])
            {
                if (each == owner) return null;
                other ??= each;
            }
            return other;
        }

        static NodeId? OwnerOf(byte[]? file, ulong magic) =>
            file is not null && StoreFormat.TryReadHead(file, magic, out var head, out _) ? head.Owner : null;

        void ReadCard()
        {
            if (files.Card is not { } card)
            {
                if (files.Log is not null || files.Snapshot is not null) damage.Add("the folder's card is missing or damaged");
                return;
            }
            if (card.Owner != owner) damage.Add("the folder's card is another node's");
            else damage.AddRange(card.Damage);
        }

        void ReadSnapshot()
        {
            if (files.Snapshot is not { } file) return;
            if (!StoreFormat.TryReadHead(file, StoreFormat.SnapshotMagic, out var head, out var isWhole)
                || !StoreFormat.IsSnapshot(head, file.AsSpan(StoreFormat.HeadSize)))
            {
                isSnapshotDamaged = true;
                damage.Add("the snapshot is damaged");
                return;
            }
            isSnapshotDamaged = !isWhole || head.Owner != owner;
            if (head.Owner != owner)
            {
                damage.Add("the snapshot is another node's");
                return;
            }
            if (!isWhole) damage.Add("the snapshot's head is damaged");
            (generation, sum) = (head.Generation, head.Snapshot);
            whole = file.AsMemory(StoreFormat.HeadSize);
        }

        /// <summary>Whether the snapshot is the very one that the log follows.</summary>
        void Compare(in StoreFormat.Head log)
        {
            if (whole is not null && log.Generation > generation)
                damage.Add("the snapshot is older than the log: what was written between them is missing");
            else if (whole is not null && log.Snapshot != sum) damage.Add("the snapshot is not the one that the log follows");
            if (files.Snapshot is null && log.Generation > 0) damage.Add("the snapshot is missing");
        }

        StoreReading Read(byte[] log, in StoreFormat.Head head, bool isWhole)
        {
            var isEnd = files.End is { } closed && closed.Generation == head.Generation;
            var records = ReadRecords(log, head.Content, isEnd ? files.End!.Value.Length : 0, out var keeps, out var damaged);
            if (damaged is not null) damage.Add(damaged);
            else if (!isWhole) damage.Add("the log's head is damaged");
            var isClean = files.End is { IsUntouched: true } end && isEnd && end.Length == log.Length && damage.Count == 0;
            return new StoreReading(
                new StoreContents(whole, records, isClean) { Damage = Damage }, head.Generation, head.Content, keeps, sum,
                whole is not null, isSnapshotDamaged, damaged is not null || !isWhole);
        }

        StoreReading Begin(bool isLogDamaged) => new(
            new StoreContents(whole, [], IsClean: false) { Damage = Damage }, generation, 0, null, sum,
            whole is not null, isSnapshotDamaged, isLogDamaged);
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
