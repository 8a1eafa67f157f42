using System.Buffers.Binary;
using Gossip.Core.Ports;

namespace Gossip.Node.Store;

/// <summary>The files of a data folder, by name, and what is in them now.</summary>
sealed record FolderFiles(string Folder)
{
    const int MarkerSize = 32;

    public string Log { get; } = Path.Combine(Folder, "log");
    public string Snapshot { get; } = Path.Combine(Folder, "snapshot");
    public string Clean { get; } = Path.Combine(Folder, "clean");
    public string Card { get; } = Path.Combine(Folder, FolderCard.FileName);

    public IEnumerable<string> All => [Log, Snapshot, Clean, Card];

    /// <summary>Changes nothing.</summary>
    /// <exception cref="StoreFault">Another version of this program wrote them.</exception>
    public StoreFiles Read(out FolderCard? card)
    {
        var (snapshot, log) = (Read(Snapshot), Read(Log));
        RefuseOtherVersion(snapshot, StoreFormat.SnapshotMagic);
        RefuseOtherVersion(log, StoreFormat.LogMagic);
        card = FolderCard.Read(Folder);
        return new StoreFiles(snapshot, log, card?.ToStoreCard(), ReadMarker());
    }

    /// <summary>The marker of a clean end: generation, length, and the two numbers that tell this very log from a copy.</summary>
    public byte[] MarkerOf(ulong generation, long length)
    {
        var marker = new byte[MarkerSize];
        BinaryPrimitives.WriteUInt64LittleEndian(marker, generation);
        BinaryPrimitives.WriteInt64LittleEndian(marker.AsSpan(8), length);
        var (identity, change) = Posix.IdentityOf(Log);
        BinaryPrimitives.WriteUInt64LittleEndian(marker.AsSpan(16), identity);
        BinaryPrimitives.WriteUInt64LittleEndian(marker.AsSpan(24), change);
        return marker;
    }

    CleanEnd? ReadMarker()
    {
        var marker = Read(Clean);
        if (marker is not { Length: MarkerSize } || !File.Exists(Log)) return null;
        var (identity, change) = Posix.IdentityOf(Log);
        if (BinaryPrimitives.ReadUInt64LittleEndian(marker.AsSpan(16)) != identity) return null;
        return new CleanEnd(
            BinaryPrimitives.ReadUInt64LittleEndian(marker), BinaryPrimitives.ReadInt64LittleEndian(marker.AsSpan(8)),
            BinaryPrimitives.ReadUInt64LittleEndian(marker.AsSpan(24)) == change);
    }

    static byte[]? Read(string path)
    {
        if (!File.Exists(path)) return null;
        // Also while a node writes to it: then the end may look torn.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > Array.MaxLength)
            throw new StoreFault($"{path} has {file.Length} bytes, more than this program ever writes: choose another folder");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    void RefuseOtherVersion(byte[]? file, ulong magic)
    {
        if (StoreFormat.OtherFormat(file, magic) is { } format)
            throw new StoreFault(
                $"another version of this program wrote the data folder {Folder} (format {format}); "
                + "start that version, or choose another folder");
    }
}
