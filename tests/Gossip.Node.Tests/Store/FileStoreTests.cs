using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Turns;
using Gossip.Node.Store;

namespace Gossip.Node.Tests.Store;

public sealed class FileStoreTests : StoreContract, IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gossip-store-").FullName;

    string Log => Path.Combine(folder, "log");
    string Snapshot => Path.Combine(folder, "snapshot");

    protected override IStore Create() => new FileStore(folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    void CloseCleanly(params string[] records)
    {
        using var store = Create();
        store.Open();
        foreach (var record in records) store.Append(Record(record));
        store.CloseCleanly();
    }

    [Fact]
    public void A_log_torn_at_any_byte_keeps_every_whole_record_before_it()
    {
        string[] records = ["first", "", "third, which is a bit longer"];
        int[] ends = [16 + 13, 16 + 13 + 8, 16 + 13 + 8 + 36];
        Write(records);
        var whole = File.ReadAllBytes(Log);
        Assert.Equal(ends[^1], whole.Length);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(Log, whole[..length]);
            var kept = ends.Count(end => end <= length);
            Assert.Equal(records[..kept], Texts(Reopen()));

            Write("after");
            Assert.Equal([.. records[..kept], "after"], Texts(Reopen()));
        }
    }

    [Fact]
    public void No_flipped_bit_of_the_log_passes()
    {
        string[] records = ["first", "second", "third"];
        CloseCleanly(records);
        var whole = File.ReadAllBytes(Log);
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(Log, damaged);
            var contents = Reopen();
            var texts = Texts(contents);
            Assert.False(contents.IsClean);
            Assert.Equal(records[..texts.Length], texts);
            // A bit of the generation only shows in the marker; any other costs its record and those after it.
            Assert.True(texts.Length < records.Length || bit is >= 64 and < 128, $"bit {bit} passed");
        }
    }

    [Fact]
    public void A_damaged_snapshot_is_set_aside_and_the_log_still_read()
    {
        using (var store = Create())
        {
            store.Open();
            store.Compact(Record("whole"));
            store.Append(Record("a"));
            store.CloseCleanly();
        }
        var bytes = File.ReadAllBytes(Snapshot);
        bytes[^1] ^= 1;
        File.WriteAllBytes(Snapshot, bytes);

        var contents = Reopen();
        Assert.Null(contents.Snapshot);
        Assert.False(contents.IsClean);
        Assert.Equal(["a"], Texts(contents));
        Assert.True(File.Exists(Snapshot + ".damaged"));
    }

    [Fact]
    public void A_crash_between_the_snapshot_and_its_log_brings_nothing_back()
    {
        Write("a", "b");
        var overtaken = File.ReadAllBytes(Log);
        using (var store = Create())
        {
            store.Open();
            store.Compact(Record("whole"));
        }
        File.WriteAllBytes(Log, overtaken); // as if the rename of the new log had not come to the disk
        File.WriteAllBytes(Snapshot + ".new", [1, 2, 3]); // and a half-written next one lies about

        var contents = Reopen();
        Assert.NotNull(contents.Snapshot);
        Assert.Empty(contents.Records);
        Assert.False(contents.IsClean);
    }

    [Fact]
    public void A_folder_restored_from_a_copy_is_not_clean()
    {
        CloseCleanly("a");
        var bytes = File.ReadAllBytes(Log);
        var stamp = File.GetLastWriteTimeUtc(Log);
        File.Delete(Log);
        File.WriteAllBytes(Log, bytes);
        File.SetLastWriteTimeUtc(Log, stamp);

        var contents = Reopen();
        Assert.Equal(["a"], Texts(contents));
        Assert.False(contents.IsClean);
    }

    [Fact]
    public void A_second_node_on_the_folder_is_told_who_has_it()
    {
        using var first = Create();
        first.Open();
        using var second = Create();
        var fault = Assert.Throws<StoreFault>(second.Open);
        Assert.Contains("another node runs on the data folder", fault.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_is_free_once_its_node_has_ended()
    {
        Write("a");
        Assert.Equal(["a"], Texts(Reopen()));
    }

    [Fact]
    public void A_full_disk_is_named()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this machine has no /dev/full");
        using var store = Create();
        store.Open();
        File.Delete(Log);
        store.Dispose();
        File.CreateSymbolicLink(Path.Combine(folder, "log.new"), "/dev/full");

        using var full = Create();
        Assert.Contains("is full", Assert.Throws<StoreFault>(full.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(Path.Combine(folder, "file"), "");
        using var store = new FileStore(Path.Combine(folder, "file", "below"));
        Assert.Contains(Path.Combine(folder, "file", "below"), Assert.Throws<StoreFault>(store.Open).Message, StringComparison.Ordinal);
    }
}
