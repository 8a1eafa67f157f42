using System.Buffers;
using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Replication;

/// <summary>
/// One node's copy of the tables: takes rows, removals and contexts of others, keeps the log of all that, and tells
/// gossip what is news. Local writes are minted in <see cref="LocalWrites"/> and come here once they are durable.
/// </summary>
sealed class Replica
{
    /// <summary>A frame with more changed rows is a repair: others will be repaired too, and need no rumour of each.</summary>
    const int NewsMost = 32;

    const string WhatNow =
        "What could be read is kept, and peers bring back the rest; what they never heard of is lost, and without peers deleted "
        + "objects may be back. "
        + "Check this machine's disk, and compare the objects with what you expect";

    readonly RowGossip gossip;
    readonly RandomStream random;
    readonly bool writerIsNew;
    readonly List<Row> changed = [];
    readonly List<string> damage;
    readonly string name;

    public Replica(NodeConfig config, StoreContents contents, ulong boot, RowGossip gossip, RandomStream random, SharedRows? shared)
    {
        name = config.Card.Name;
        Table = new RowTable { Shared = shared };
        this.gossip = gossip;
        this.random = random;
        var recovery = new Recovery(Table, Clock);
        recovery.Read(contents);
        Quarantined = recovery.Quarantined;
        MetOthers = recovery.MetOthers;
        damage = [.. contents.Damage];
        if (Quarantined > 0)
            damage.Add(Quarantined.ToString(CultureInfo.InvariantCulture)
                + " records or rows cannot be read: did a newer version write them?");
        writerIsNew = !contents.IsClean || IsDamaged || recovery.Writer == default;
        Writer = writerIsNew ? new Writer(Writer.Draw(random), 0) : new Writer(recovery.Writer, recovery.Minted);
        Boot = boot;
        Table.Version = boot << 20; // a version of this life is greater than any of an earlier one
    }

    /// <inheritdoc cref="Recovery.MetOthers"/>
    public bool MetOthers { get; }

    public RowTable Table { get; }
    public HybridClock Clock { get; } = new();
    public Journal Journal { get; } = new();
    public Writer Writer { get; }
    public ulong Boot { get; private set; }

    /// <summary>What changed since the machine last looked. What the store gave back is in the table from the start, and not here.</summary>
    public List<RowChange> Changes { get; } = [];

    /// <summary>Rows and records that could not be read, from disk and from peers; those beside them were.</summary>
    public int Quarantined { get; private set; }

    /// <summary>Something of what this node had kept could not be read: rows may be missing, and cells of those that are there.</summary>
    public bool IsDamaged => damage.Count > 0;

    /// <summary>What was wrong with the store, in the words of an operator; empty when nothing was.</summary>
    public string Damage => string.Join("; ", damage);

    public void Start(Turn turn)
    {
        if (IsDamaged) turn.Note(new NodeNote(NoteLevel.Warning, "StoreDamaged", name, $"{Damage}. {WhatNow}"));
        Journal.Boot(Boot, turn);
        if (writerIsNew) Journal.Writer(Writer.Id, turn);
    }

    /// <summary>Writes down a greater boot, when peers made this node step past its own.</summary>
    public void KeepBoot(ulong boot, Turn turn)
    {
        if (boot <= Boot) return;
        Boot = boot;
        Journal.Boot(boot, turn);
    }

    /// <summary>
    /// Merges rows of another node; how many changed something. Those that are dead here go to
    /// <paramref name="dead"/>, so that the other can be told.
    /// </summary>
    public int Take(IReadOnlyList<Row> rows, List<Uid>? dead, Turn turn)
    {
        changed.Clear();
        for (var i = 0; i < rows.Count; i++)
        {
            var outcome = Table.Merge(rows[i], out var change);
            if (outcome == MergeOutcome.Dead) dead?.Add(rows[i].Uid);
            if (outcome != MergeOutcome.Changed) continue;
            changed.Add(rows[i]);
            Changes.Add(change);
            foreach (var cell in rows[i]) Clock.Observe(cell.Stamp, turn.Wall);
        }
        if (changed.Count > 0) Journal.Rows(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changed), own: false, turn);
        if (changed.Count <= NewsMost)
            foreach (var row in changed)
                if (Table.Find(row.Uid) is { } whole) gossip.Offer(whole);
        DoubtWriter(turn);
        return changed.Count;
    }

    public void Take(in RowRemoval removal, bool isNews, Turn turn)
    {
        if (!Table.Remove(removal.Uid, removal.Dots, out var change)) return;
        if (change is { } removed) Changes.Add(removed);
        Journal.Removal(removal.Uid, removal.Dots, turn);
        if (isNews) gossip.Offer(change is { Before: { } row } ? RowRemoval.Of(row) : removal, change?.Before);
        DoubtWriter(turn);
    }

    /// <summary>Joins a peer's context: only after every row that it speaks of.</summary>
    public void Join(CausalContext theirs, Turn turn)
    {
        if (!Table.Context.Join(theirs)) return;
        Journal.Context(theirs, turn);
        DoubtWriter(turn);
    }

    /// <summary>A local write that is durable now.</summary>
    public void Apply(in PendingWrite write)
    {
        if (write.Delta is null)
        {
            var removal = Table.Find(write.Uid) is { } row ? RowRemoval.Of(row) : new RowRemoval(write.Uid, []);
            if (Table.Remove(write.Uid, [], out var change)) gossip.Offer(removal, change?.Before);
            if (change is { } removed) Changes.Add(removed);
        }
        else if (Table.Merge(write.Delta, out var change) == MergeOutcome.Changed)
        {
            Changes.Add(change);
            gossip.Offer(change.After!);
        }
    }

    public void Quarantine(int rows) => Quarantined += rows;

    public void WriteSnapshot(IBufferWriter<byte> into, PendingWrites pending) =>
        Recovery.WriteSnapshot(into, Boot, Writer, Clock.Last, Table, pending);

    /// <summary>Somebody remembers dots of this writer that it does not: the store is older than the node.</summary>
    void DoubtWriter(Turn turn)
    {
        if (!Writer.IsDoubted(Table.Context)) return;
        Writer.Renew(random);
        Journal.Writer(Writer.Id, turn);
    }
}
