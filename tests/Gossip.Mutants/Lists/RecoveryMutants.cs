namespace Gossip.Mutants.Lists;

/// <summary>The disk: what is written, and what is read again.</summary>
internal static class RecoveryMutants
{
    public static readonly Mutant[] List =
    [
        new("a writer's id lives on after a crash", "Replication/Replica.Replica",
            "!contents.IsClean || IsDamaged || recovery.Writer == default", "recovery.Writer == default"),
        new("a lost disk goes on with the writer of the node's name", "Replication/Replica.Replica",
            "writerIsNew ? new Writer(Writer.Draw(random), 0) : new Writer(recovery.Writer, recovery.Minted)",
            "new Writer(new WriterId(config.Card.Id.Value), recovery.Minted)"),
        new("contexts of a damaged store are believed", "Replication/Recovery.Read", "contents.Damage.Count == 0", "true"),
        new("a row that cannot be read leaves the contexts believed", "Replication/Recovery.Quarantine", "believesContexts = false;", ""),
        new("a snapshot's context is read before its rows", "Replication/Recovery.ReadSnapshot",
            "MergeRows(ref reader, own: false);",
            "{ if (believesContexts) table.Context.Join(context); MergeRows(ref reader, own: false); }"),
        new("writes on their way are not in a snapshot", "Replication/Recovery.WriteSnapshot",
            "foreach (var write in pending.InOrder) writer.Write(write.Record);",
            "for (var i = 0; i < pending.Count; i++) writer.Write(new byte[] { 0x92, 1, 0 });"),
        new("a snapshot forgets the seq of its writer", "Replication/Recovery.WriteSnapshot",
            "writer.Write(dots.Minted);", "writer.Write(0UL);"),
        new("a logged removal is not read", "Replication/Recovery.ReadRecord", "table.Remove(removal.Uid, removal.Dots, out _);", ""),
        new("a logged context is not read", "Replication/Recovery.ReadRecord", "if (believesContexts) table.Context.Join(context);", ""),
        new("one bad clock spreads at a restart", "Replication/Recovery.MergeRows", "if (cell.Dot.Writer != Writer) continue;", ""),
        new("the clock of before a restart is forgotten", "Replication/HybridClock.Restore",
            "if (own.CompareTo(Last) > 0) Last = own;", ""),
        new("damage in the middle of the log is a torn end", "Ports/StoreReading.ReadRecords", "torn == 0 || holes.Count == 0", "true"),
        new("records after a torn end are read", "Ports/StoreReading.ReadRecords", "each.At < end", "true"),
        new("a missing snapshot is none", "Ports/StoreReading.Reader.Compare", "files.Snapshot is null && log.Generation > 0", "false"),
        new("another node's log is read", "Ports/StoreReading.Reader.Read", "head.Owner != owner", "false"),
        new("an older log is taken for the newest", "Ports/StoreReading.Reader.Read", "head.Generation + 1 < generation", "false"),
        new("a damaged snapshot is read", "Ports/StoreReading.Reader.ReadSnapshot",
            "!StoreFormat.IsSnapshot(head, file.AsSpan(StoreFormat.HeadSize))", "false"),
    ];
}
