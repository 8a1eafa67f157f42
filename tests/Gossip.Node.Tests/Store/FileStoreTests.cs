using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Node.Store;

namespace Gossip.Node.Tests.Store;

public sealed class FileStoreTests : StoreContract, IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gossip-store-").FullName;

    string Log => Path.Combine(folder, "log");
    string Snapshot => Path.Combine(folder, "snapshot");

    private protected override IStore Create() => new FileStore(folder, "a");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    void CloseCleanly(params string[] records)
    {
        using var store = Create();
        store.Open();
        foreach (var record in records) store.Append(Record(record));
        store.CloseCleanly();
    }

    /// <summary>A snapshot, then records, each synced on its own.</summary>
    void WriteBehindSnapshot(params string[] records)
    {
        using var store = Create();
        store.Open();
        store.Compact(Record("whole"));
        foreach (var record in records)
        {
            store.Append(Record(record));
            store.Sync();
        }
    }

    static void Flip(string path, Index at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public void After_a_torn_end_the_next_records_follow_the_last_whole_one()
    {
        Write("first", "second");
        var whole = File.ReadAllBytes(Log);
        File.WriteAllBytes(Log, whole[..^2]);
        var torn = Reopen();
        Assert.Equal(["first"], Texts(torn));
        Assert.Empty(torn.Damage);

        Write("after");
        Assert.Equal(["first", "after"], Texts(Reopen()));
    }

    [Fact]
    public void A_damaged_snapshot_is_set_aside_told_of_and_the_log_still_read()
    {
        WriteBehindSnapshot("a");
        Flip(Snapshot, ^1);
        var damaged = File.ReadAllBytes(Snapshot);

        var contents = Reopen();
        Assert.Null(contents.Snapshot);
        Assert.False(contents.IsClean);
        Assert.Equal(["a"], Texts(contents));
        Assert.Equal(["the snapshot is damaged", $"the damaged file is kept as {Snapshot}.damaged"], contents.Damage);
        Assert.Equal(damaged, File.ReadAllBytes(Snapshot + ".damaged"));
        Assert.Equal([.. contents.Damage, "the snapshot is missing"], Reopen().Damage); // until it is forgotten
    }

    [Fact]
    public void A_log_damaged_in_its_middle_is_copied_aside_and_keeps_what_can_be_read()
    {
        WriteBehindSnapshot("first", "second", "third");
        Flip(Log, StoreFormat.HeadSize + 2);
        var damaged = File.ReadAllBytes(Log);

        using (var store = Create())
        {
            var contents = store.Open();
            Assert.Equal(["second", "third"], Texts(contents));
            Assert.Equal(
                [$"the log is damaged at byte {StoreFormat.HeadSize}", $"the damaged file is kept as {Log}.damaged"], contents.Damage);
            store.Append(Record("fourth"));
            store.Sync();
        }
        Assert.Equal(damaged, File.ReadAllBytes(Log + ".damaged"));
        var again = Reopen();
        Assert.Equal(["second", "third", "fourth"], Texts(again));
        Assert.NotEmpty(again.Damage);
    }

    [Fact]
    public void Damage_wants_a_snapshot_and_is_told_of_until_it_is_forgotten()
    {
        WriteBehindSnapshot("first", "second");
        Flip(Log, StoreFormat.HeadSize + 2);
        using (var store = Create())
        {
            store.Open();
            Assert.Equal(long.MaxValue, store.LogBytes);
            store.Compact(Record("what is left"));
            Assert.Equal(0, store.LogBytes);
        }
        using (var store = Create())
        {
            Assert.Equal(2, store.Open().Damage.Count); // the peers have not been asked
            store.ForgetDamage();
        }
        var contents = Reopen();
        Assert.Empty(contents.Damage);
        Assert.NotNull(contents.Snapshot);
        Assert.True(File.Exists(Log + ".damaged"));
    }

    [Fact]
    public void A_missing_file_is_told_of()
    {
        WriteBehindSnapshot("a");
        File.Delete(Log);
        Assert.Equal(["the log is missing"], Reopen().Damage);
        Forget();

        WriteBehindSnapshot("a");
        File.Delete(Snapshot);
        var contents = Reopen();
        Assert.Equal(["the snapshot is missing"], contents.Damage);
        Assert.Equal(["a"], Texts(contents));
        Forget();

        File.Delete(Log);
        Assert.Equal(["the log and the snapshot are missing"], Reopen().Damage);
        Forget();

        File.Delete(Path.Combine(folder, FolderCard.FileName));
        Assert.Equal(["the folder's card is missing or damaged"], Reopen().Damage);
    }

    void Forget()
    {
        using var store = Create();
        store.Open();
        store.ForgetDamage();
    }

    [Fact]
    public void No_flipped_bit_of_the_card_passes()
    {
        Write("a");
        var path = Path.Combine(folder, FolderCard.FileName);
        var whole = File.ReadAllBytes(path);
        for (var at = 0; at < whole.Length; at++)
        {
            whole[at] ^= 4;
            File.WriteAllBytes(path, whole);
            Assert.Equal(["the folder's card is missing or damaged"], Reopen().Damage);
            whole[at] ^= 4;
        }
    }

    [Fact]
    public void The_folder_of_another_node_is_refused_with_its_name_and_left_as_it_is()
    {
        Write("a");
        var bytes = File.ReadAllBytes(Log);
        using (var other = new FileStore(folder, "b"))
        {
            var refused = Assert.Throws<StoreFault>(other.Open);
            Assert.Contains("is of another node, 'a', and not of 'b'", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(bytes, File.ReadAllBytes(Log));
        Assert.Equal(["a"], Texts(Reopen()));
    }

    [Fact]
    public void After_a_clean_end_a_damaged_last_record_is_no_torn_end()
    {
        CloseCleanly("a", "b");
        Flip(Log, ^1); // in place: it stays the same file
        var contents = Reopen();
        Assert.Equal(["a"], Texts(contents));
        Assert.NotEmpty(contents.Damage);
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
        Assert.Empty(contents.Damage);
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
        Assert.Empty(contents.Damage);
        Assert.False(contents.IsClean);
    }

    /// <summary>Yesterday's backup, marker and all, copied over the files that are there: they keep their inodes.</summary>
    [Fact]
    public void A_folder_restored_in_place_is_not_clean()
    {
        CloseCleanly("a");
        var (log, clean) = (File.ReadAllBytes(Log), File.ReadAllBytes(Path.Combine(folder, "clean")));
        CloseCleanly("b");
        foreach (var (path, bytes) in ((string, byte[])[])[(Log, log), (Path.Combine(folder, "clean"), clean)])
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            {
                file.SetLength(0);
                file.Write(bytes);
            }
        var contents = Reopen();
        Assert.Equal(["a"], Texts(contents));
        Assert.False(contents.IsClean);
    }

    [Fact]
    public void A_folder_of_another_version_is_refused_and_left_as_it_is()
    {
        Write("a");
        var bytes = File.ReadAllBytes(Log);
        bytes[7] = (byte)'1';
        File.WriteAllBytes(Log, bytes);
        using (var store = Create())
            Assert.Contains("another version", Assert.Throws<StoreFault>(store.Open).Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Log));
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
    public void A_lock_that_cannot_be_opened_for_another_reason_is_not_taken_for_another_node()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links to nowhere are Unix'");
        File.CreateSymbolicLink(Path.Combine(folder, "lock"), Path.Combine(folder, "lock")); // too many levels of it
        using var store = Create();
        Assert.DoesNotContain("another node", Assert.Throws<StoreFault>(store.Open).Message, StringComparison.Ordinal);
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
        File.CreateSymbolicLink(Path.Combine(folder, "log.new"), "/dev/full");
        using var full = Create();
        Assert.Contains("is full", Assert.Throws<StoreFault>(full.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_that_the_disk_has_no_room_for_changes_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this machine has no /dev/full");
        using (var store = Create())
        {
            store.Open();
            store.Append(Record("a"));
            File.CreateSymbolicLink(Snapshot + ".new", "/dev/full");
            Assert.Throws<DiskFull>(() => store.Compact(Record("whole")));
            Assert.False(File.Exists(Snapshot + ".new"));
            store.Append(Record("b"));
            store.Sync();
            store.Compact(Record("whole"));
            store.Append(Record("c"));
            store.Sync();
        }
        var contents = Reopen();
        Assert.Equal(["c"], Texts(contents));
        Assert.NotNull(contents.Snapshot);
        Assert.Empty(contents.Damage);
    }

    [Fact]
    public void Room_is_set_aside()
    {
        using var store = Create();
        store.Open();
        Assert.True(store.HasReserve);
        Assert.True(File.Exists(Path.Combine(folder, Reserve.FileName)));
    }

    /// <summary>The null device takes every byte and knows no fsync: the plainest file whose fsync fails.</summary>
    [Theory, InlineData("snapshot.new"), InlineData("log.new")]
    public void What_cannot_be_synced_is_a_fault_and_ends_the_store(string file)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a device that knows no fsync");
        using var store = Create();
        store.Open();
        store.Append(Record("a"));
        store.Sync();
        File.CreateSymbolicLink(Path.Combine(folder, file), "/dev/null");
        var fault = Assert.Throws<StoreFault>(() => store.Compact(Record("whole")));
        Assert.Contains($"the data folder {folder} cannot be used: fsync: ", fault.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(store.Sync);
        Assert.ThrowsAny<Exception>(() => store.Compact(Record("whole")));
    }

    [Fact]
    public void A_clean_end_that_cannot_be_synced_is_a_fault()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a device that knows no fsync");
        using var store = Create();
        store.Open();
        File.CreateSymbolicLink(Path.Combine(folder, "clean.new"), "/dev/null");
        Assert.Throws<StoreFault>(store.CloseCleanly);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(Path.Combine(folder, "file"), "");
        using var store = new FileStore(Path.Combine(folder, "file", "below"), "a");
        Assert.Contains(Path.Combine(folder, "file", "below"), Assert.Throws<StoreFault>(store.Open).Message, StringComparison.Ordinal);
    }
}
