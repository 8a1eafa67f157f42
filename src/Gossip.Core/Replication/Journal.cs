using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Wire;

namespace Gossip.Core.Replication;

/// <summary>Numbers the log's records and hands them over. Every change of the tables is one, remote ones too.</summary>
sealed class Journal
{
    readonly WireBuffer record = new();

    /// <summary>The record last appended.</summary>
    public ReadOnlySpan<byte> Last => record.Written;

    public LogPosition At { get; private set; }

    public LogPosition Boot(ulong boot, NodeEffects effects)
    {
        JournalRecord.WriteBoot(record, boot);
        return Append(effects);
    }

    public LogPosition Writer(WriterId id, NodeEffects effects)
    {
        JournalRecord.WriteWriter(record, id);
        return Append(effects);
    }

    public LogPosition Rows(ReadOnlySpan<Row> rows, bool own, NodeEffects effects)
    {
        JournalRecord.WriteRows(record, rows, own);
        return Append(effects);
    }

    public LogPosition Removal(Uid uid, ImmutableArray<Dot> dots, NodeEffects effects)
    {
        JournalRecord.WriteRemoval(record, uid, dots);
        return Append(effects);
    }

    public LogPosition Context(CausalContext context, NodeEffects effects)
    {
        JournalRecord.WriteContext(record, context);
        return Append(effects);
    }

    LogPosition Append(NodeEffects effects)
    {
        At = new LogPosition(At.Value + 1);
        effects.Persist(At, record.Written);
        return At;
    }
}
