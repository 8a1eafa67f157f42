using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Replication;

/// <summary>
/// How the rest of a node writes durably. Every write goes through the log first: it is minted, persisted, and only
/// when the log confirms it does the table know it, gossip carry it and <c>then</c> run. A crash before that loses a
/// write that nobody ever saw.
/// </summary>
interface IRowWriter
{
    /// <summary>A new row: mints its uid. <paramref name="cells"/> hold field and value, in any order, with <see cref="Fields.Birth"/>.</summary>
    Uid Create(RowKind kind, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null);

    /// <summary>
    /// Overwrites cells of a row (generation + 1 each). Unknown rows are a bug: check first. Writes to one row that
    /// are still on their way to the log are seen by the next.
    /// </summary>
    void Edit(Uid row, ReadOnlySpan<(string Field, ReadOnlyMemory<byte> Value)> cells, Turn turn, WriteDone? then = null);

    /// <summary>Sets a cell with that generation, so that the greatest wins (<see cref="Fields.LeastEpoch"/>, <see cref="Fields.Voters"/>).</summary>
    /// <param name="value">What the cell holds beside.</param>
    void Raise(Uid row, string field, uint to, ReadOnlyMemory<byte> value, Turn turn, WriteDone? then = null);

    /// <summary>Takes the row out, for ever: its birth dot stays covered, and nothing brings it back.</summary>
    void Remove(Uid row, Turn turn, WriteDone? then = null);

    /// <summary>The next hybrid stamp: later than every stamp this node has written or (within bounds) seen.</summary>
    Stamp Tick(Now now);
}

/// <summary>Runs when the write is durable and in the tables.</summary>
delegate void WriteDone(Uid row, Turn turn);

/// <summary>The tables as the other parts of a node read them.</summary>
interface ITables
{
    Row? Find(Uid uid);

    /// <summary>True when this node has ever seen the write that made the row: no row and covered means it is gone.</summary>
    bool Covers(Uid uid);

    /// <summary>
    /// The store was damaged, so rows that were acknowledged may be missing here: without a peer that was asked, the tables say nothing.
    /// </summary>
    bool NeedsPeer => false;

    /// <summary>Every live row of a kind, in order of uid.</summary>
    IEnumerable<Row> Rows(RowKind kind);

    /// <summary>Moves with every change of any row: the node's resource version.</summary>
    ulong Version { get; }

    /// <summary>The <see cref="Version"/> at which the row last changed here.</summary>
    ulong VersionOf(Uid uid);
}
