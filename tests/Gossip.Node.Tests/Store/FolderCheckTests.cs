using Gossip.Core.Ports;
using Gossip.Node.Store;

namespace Gossip.Node.Tests.Store;

/// <summary>What <c>gossip doctor</c> says of a folder is what a start on it then finds, and looking changes nothing.</summary>
public sealed class FolderCheckTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gossip-doctor-").FullName;

    string Log => Path.Combine(folder, "log");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    void Write(bool cleanly)
    {
        using var store = new FileStore(folder, "a");
        store.Open();
        foreach (byte each in (ReadOnlySpan<byte>)[1, 2, 3])
        {
            store.Append([0xC0, each]); // says nothing to a node, and is whole
            store.Sync();
        }
        if (cleanly) store.CloseCleanly();
    }

    FolderCheck Look()
    {
        var before = Files();
        var check = FolderCheck.Of(folder);
        Assert.Equal(before, Files());
        using (var store = new FileStore(folder, "a"))
            Assert.Equal(
                check.Damage.Where(damage => !damage.Contains("cannot be read", StringComparison.Ordinal)),
                store.Open().Damage.Where(damage => !damage.Contains("is kept as", StringComparison.Ordinal)));
        return check;
    }

    List<(string, string)> Files() =>
        [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (path, Convert.ToHexString(File.ReadAllBytes(path))))];

    [Fact]
    public void It_tells_a_whole_folder_from_one_that_was_killed()
    {
        Write(cleanly: false);
        var check = Look();
        Assert.Equal("a", check.Node);
        Assert.Equal(3, check.LogRecords);
        Assert.Equal(new FileInfo(Log).Length, check.LogBytes);
    }

    [Fact]
    public void It_says_how_much_of_a_torn_end_will_be_cut()
    {
        Write(cleanly: false);
        File.WriteAllBytes(Log, File.ReadAllBytes(Log)[..^1]);
        Assert.Equal(StoreFormat.RecordHead + 1, Look().TornBytes);
    }

    [Fact]
    public void A_damaged_folder_of_a_node_that_was_always_alone_would_be_refused()
    {
        Write(cleanly: false);
        Stored.Flip(Log);
        var check = Look();
        Assert.Contains("the log's head is damaged", check.Damage); // the middle of so small a file
        Assert.Equal(NextStart.Refuses, check.Next);
    }

    [Fact]
    public void What_is_no_data_folder_is_told_so()
    {
        var fault = Assert.Throws<StoreFault>(() => FolderCheck.Of(folder));
        Assert.Contains("is no data folder: it has none of log, snapshot, clean, node", fault.Message, StringComparison.Ordinal);
    }
}
