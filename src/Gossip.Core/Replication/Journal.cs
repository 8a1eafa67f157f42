using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Replication;

/// <summary>Numbers the log's records and hands them over. Every change of the tables is one, remote ones too.</summary>
sealed class Journal
{
    readonly WireBuffer record = new();

    /// <summary>The record last appended.</summary>
    public ReadOnlySpan<byte> Last => record.Written;

    public LogPosition At { get; private set; }

    public LogPosition Boot(ulong boot, Turn turn)
    {
        JournalRecord.WriteBoot(record, boot);
        return Append(turn);
    }

    public LogPosition Writer(WriterId id, Turn turn)
    {
        JournalRecord.WriteWriter(record, id);
        return Append(turn);
    }

    public LogPosition Rows(ReadOnlySpan<Row> rows, bool own, Turn turn)
    {
        JournalRecord.WriteRows(record, rows, own);
        return Append(turn);
    }

    public LogPosition Removal(Uid uid, ImmutableArray<Dot> dots, Turn turn)
    {
        JournalRecord.WriteRemoval(record, uid, dots);
        return Append(turn);
    }

    public LogPosition Context(CausalContext context, Turn turn)
    {
        JournalRecord.WriteContext(record, context);
        return Append(turn);
    }

    LogPosition Append(Turn turn)
    {
        At = new LogPosition(At.Value + 1);
        turn.Persist(At, record.Written);
        return At;
    }
}
