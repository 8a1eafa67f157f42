using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Node.Store;

/// <summary>What a node would do on a data folder, from the best to the worst.</summary>
enum NextStart
{
    /// <summary>It goes on under its writer id: the last end was clean.</summary>
    GoesOn,

    /// <summary>It goes on under a new writer id: it was killed, or the folder was brought back from a copy.</summary>
    NewWriter,

    /// <summary>It keeps what can be read, believes no causal context, and waits for a node that has the rest.</summary>
    Resyncs,

    /// <summary>Likewise, but it knows of no other node: it starts only with one to join, or when the loss is accepted.</summary>
    Refuses,
}

/// <summary>The rows that a node would begin with, and how many writers its causal context knows.</summary>
/// <param name="Uncovered">Rows of which the context does not know every write: none, where the program has no bug.</param>
readonly record struct FolderHolds(int Objects, int Admissions, int Slots, int Summaries, int Writers, int Uncovered);

/// <summary>A data folder, looked at while no node runs on it. Nothing is changed. Sizes in bytes.</summary>
/// <param name="Node">Whose folder it is; null when its card cannot be read.</param>
/// <param name="Generation">Of the snapshot that would be used.</param>
/// <param name="TornBytes">What a crash left unfinished at the end of the log, and what the next start cuts.</param>
/// <param name="Damage">Empty when everything is there that was synced.</param>
sealed record FolderCheck(
    string Folder, string? Node, ulong Generation, long LogBytes, int LogRecords, long TornBytes, long? SnapshotBytes,
    FolderHolds Holds, ImmutableArray<string> Damage, NextStart Next)
{
    /// <exception cref="StoreFault">There is no data folder, or it cannot be read, or another version wrote it.</exception>
    public static FolderCheck Of(string folder)
    {
        folder = Path.GetFullPath(folder);
        var files = new FolderFiles(folder);
        if (!files.All.Any(File.Exists)) throw new StoreFault($"{folder} is no data folder: it has none of {NamesOf(files)}");
        try
        {
            var found = files.Read(out var card);
            var read = StoreReading.Of(found, OwnerOf(found, card));
            var holds = StoreSummary.Of(read.Contents);
            ImmutableArray<string> damage = [.. read.Contents.Damage];
            if (holds.Unreadable > 0)
                damage = damage.Add($"{holds.Unreadable} records or rows cannot be read: did a newer version write them?");
            return new FolderCheck(
                folder, card?.Node, read.Generation, found.Log?.Length ?? 0, read.Contents.Records.Count,
                read.LogKeeps is { } keeps ? found.Log!.Length - keeps : 0, found.Snapshot?.Length,
                new FolderHolds(holds.Objects, holds.Admissions, holds.Slots, holds.Summaries, holds.Writers, holds.UncoveredRows), damage,
                NextOf(read, damage, holds));
        }
        catch (Exception unreadable) when (unreadable is (IOException or UnauthorizedAccessException) and not StoreFault)
        {
            throw new StoreFault($"the data folder {folder} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    static NextStart NextOf(StoreReading read, ImmutableArray<string> damage, StoreSummary holds) =>
        damage.Length == 0 ? read.Contents.IsClean ? NextStart.GoesOn : NextStart.NewWriter
        : holds.MetOthers ? NextStart.Resyncs
        : NextStart.Refuses;

    static NodeId OwnerOf(in StoreFiles files, FolderCard? card)
    {
        if (card is not null) return NodeId.Of(card.Node);
        foreach (var (file, magic) in ((byte[]?, ulong)[])[(files.Log, StoreFormat.LogMagic), (files.Snapshot, StoreFormat.SnapshotMagic)])
            if (file is not null && StoreFormat.TryReadHead(file, magic, out var head, out _)) return head.Owner;
        return NodeId.None;
    }

    static string NamesOf(FolderFiles files) => string.Join(", ", files.All.Select(Path.GetFileName));
}
