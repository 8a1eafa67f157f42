using System.Collections.Immutable;
using Gossip.Core.Primitives;

namespace Gossip.Core.Replication;

/// <summary>What a row that arrived meant here.</summary>
enum MergeOutcome : byte { Known, Changed, Dead }

/// <summary>
/// Every live row, and the context that says what was ever seen. One rule removes without tombstones: a row whose
/// birth dot the context covers while the row is not held is dead, whatever dots its cells have. So a removal is
/// kept by one number of the context, and nothing brings the row back.
/// </summary>
/// <remarks>
/// Source: the optimised OR-set of Bieniusa et al., 2012, with the birth dot as the element's only identity.
/// Rows are spread over shards by a hash of their uid; a shard's hash is the XOR of its rows' marks, kept as rows
/// change, so that two tables are compared by 128 numbers.
/// </remarks>
sealed class RowTable
{
    /// <summary>128 hashes of 8 bytes fill one datagram together with a context's hash.</summary>
    public const int Shards = 128;

    readonly record struct Held(Row Row, ulong Version);

    readonly SortedList<Uid, Held>[] shards = new SortedList<Uid, Held>[Shards]; // each is small: an array is nearer than a tree
    readonly ulong[] hashes = new ulong[Shards];

    public RowTable()
    {
        for (var shard = 0; shard < Shards; shard++) shards[shard] = [];
    }

    public CausalContext Context { get; } = new();
    public int Count { get; private set; }

    /// <summary>With whom it shares its rows.</summary>
    internal SharedRows? Shared { get; init; }

    /// <summary>Moves with every change.</summary>
    public ulong Version { get; set; }

    /// <summary>One hash a shard.</summary>
    public ReadOnlySpan<ulong> Hashes => hashes;

    /// <summary>The rows of a shard with their marks, in order of uid.</summary>
    public IEnumerable<(Uid Uid, ulong Mark)> Shard(int shard) => shards[shard].Values.Select(held => (held.Row.Uid, held.Row.Mark()));

    public int CountOf(int shard) => shards[shard].Count;

    public static int ShardOf(Uid uid) => (int)(StableHash.Mix(uid.Birth.Writer.Value, uid.Birth.Seq) % Shards);

    public Row? Find(Uid uid) => shards[ShardOf(uid)].TryGetValue(uid, out var held) ? held.Row : null;
    public ulong VersionOf(Uid uid) => shards[ShardOf(uid)].TryGetValue(uid, out var held) ? held.Version : 0;

    /// <summary>The rows of a kind, in order of uid: sorted for whoever asks, which is seldom.</summary>
    public IEnumerable<Row> Rows(RowKind kind) => Unordered.Where(row => row.Kind == kind).OrderBy(row => row.Uid).ToArray();

    /// <summary>Every row, by kind and then by uid.</summary>
    public IEnumerable<Row> All() => Unordered.OrderBy(row => row.Kind).ThenBy(row => row.Uid).ToArray();

    IEnumerable<Row> Unordered => shards.SelectMany(shard => shard.Values).Select(held => held.Row);

    /// <summary>Joins a row; all its dots join the context, even if it is dead.</summary>
    public MergeOutcome Merge(Row incoming, out RowChange change)
    {
        change = default;
        var held = Find(incoming.Uid);
        var isDead = held is null && Context.Covers(incoming.Uid.Birth);
        Cover(incoming);
        if (isDead) return MergeOutcome.Dead;
        var joined = held is null ? incoming : RowJoin.Join(held, incoming);
        if (ReferenceEquals(joined, held)) return MergeOutcome.Known;
        joined = Put(joined, held);
        change = new RowChange(joined.Uid, joined.Kind, held, joined);
        return MergeOutcome.Changed;
    }

    /// <summary>Drops a row for ever, and covers the dots that it is known to have had; true when that was news.</summary>
    public bool Remove(Uid uid, ImmutableArray<Dot> dots, out RowChange? change)
    {
        change = null;
        var news = Context.Add(uid.Birth);
        foreach (var dot in dots) Context.Add(dot);
        if (Find(uid) is not { } row) return news;
        Cover(row);
        var shard = ShardOf(uid);
        hashes[shard] ^= row.Mark();
        shards[shard].Remove(uid);
        Count--;
        Version++;
        change = new RowChange(uid, row.Kind, row, null);
        return true;
    }

    Row Put(Row row, Row? before)
    {
        var mark = row.Mark();
        row = Shared?.Share(row, mark) ?? row;
        var shard = ShardOf(row.Uid);
        hashes[shard] ^= mark;
        if (before is null) Count++;
        else hashes[shard] ^= before.Mark();
        shards[shard][row.Uid] = new Held(row, ++Version);
        return row;
    }

    void Cover(Row row)
    {
        Context.Add(row.Uid.Birth);
        for (var cells = row.GetEnumerator(); cells.MoveNext();) Context.Add(cells.Dot);
    }
}
