using Gossip.Core.Ports;
using Gossip.Node.Store;

namespace Gossip.Node.Tests.Store;

/// <summary>A data folder as somebody with an editor sees it.</summary>
static class Stored
{
    /// <summary>The records of the log behind the last snapshot.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Records(string folder)
    {
        var snapshot = File.Exists(Path.Combine(folder, "snapshot")) ? File.ReadAllBytes(Path.Combine(folder, "snapshot")) : null;
        var card = FolderCard.Read(folder)!.ToStoreCard();
        var files = new StoreFiles(snapshot, File.ReadAllBytes(Path.Combine(folder, "log")), card, null);
        return StoreReading.Of(files, card.Owner).Contents.Records;
    }

    /// <summary>Turns a bit in the middle of a file.</summary>
    public static void Flip(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        var flipped = (byte)(file.ReadByte() ^ 1);
        file.Position--;
        file.WriteByte(flipped);
    }
}
