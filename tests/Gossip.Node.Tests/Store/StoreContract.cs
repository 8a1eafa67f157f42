using System.Text;
using Gossip.Core.Ports;

namespace Gossip.Node.Tests.Store;

/// <summary>The promises of <see cref="IStore"/>. Every store's tests derive from it.</summary>
public abstract class StoreContract
{
    /// <summary>A store over the same state each time it is called; the one before it was disposed.</summary>
    private protected abstract IStore Create();

    protected static byte[] Record(string text) => Encoding.UTF8.GetBytes(text);
    private protected static string[] Texts(StoreContents contents) =>
        [.. contents.Records.Select(record => Encoding.UTF8.GetString(record.Span))];

    private protected StoreContents Reopen()
    {
        using var store = Create();
        return store.Open();
    }

    protected void Write(params string[] records)
    {
        using var store = Create();
        store.Open();
        foreach (var record in records) store.Append(Record(record));
        store.Sync();
    }

    [Fact]
    public void A_new_store_is_empty_and_not_clean()
    {
        var contents = Reopen();
        Assert.Null(contents.Snapshot);
        Assert.Empty(contents.Records);
        Assert.False(contents.IsClean);
    }

    [Fact]
    public void Synced_records_come_back_in_order()
    {
        Write("a", "", "b");
        Write("c");
        Assert.Equal(["a", "", "b", "c"], Texts(Reopen()));
    }

    [Fact]
    public void Only_a_clean_end_is_clean_and_only_once()
    {
        using (var store = Create())
        {
            store.Open();
            store.Append(Record("a"));
            store.CloseCleanly();
        }
        var clean = Reopen();
        Assert.True(clean.IsClean);
        Assert.Equal(["a"], Texts(clean));
        Assert.False(Reopen().IsClean); // the reopening just now did not close cleanly
    }

    [Fact]
    public void A_snapshot_takes_the_place_of_what_was_appended_before()
    {
        using (var store = Create())
        {
            store.Open();
            store.Append(Record("a"));
            store.Sync();
            store.Append(Record("unsynced"));
            store.Compact(Record("whole"));
            store.Append(Record("b"));
            store.Sync();
        }
        var contents = Reopen();
        Assert.Equal("whole", Encoding.UTF8.GetString(contents.Snapshot!.Value.Span));
        Assert.Equal(["b"], Texts(contents));
    }

    [Fact]
    public void The_last_snapshot_counts()
    {
        for (var i = 0; i < 3; i++)
        {
            using var store = Create();
            store.Open();
            store.Compact(Record($"whole {i}"));
        }
        var contents = Reopen();
        Assert.Equal("whole 2", Encoding.UTF8.GetString(contents.Snapshot!.Value.Span));
        Assert.Empty(contents.Records);
    }

    [Fact]
    public void LogBytes_grows_with_the_log_and_starts_again_with_a_snapshot()
    {
        using var store = Create();
        store.Open();
        Assert.Equal(0, store.LogBytes);
        store.Append(new byte[1000]);
        Assert.InRange(store.LogBytes, 1000, 1100);
        store.Sync();
        Assert.InRange(store.LogBytes, 1000, 1100);
        store.Compact([]);
        Assert.Equal(0, store.LogBytes);
    }

    [Fact]
    public void A_clean_end_after_a_snapshot_is_clean()
    {
        using (var store = Create())
        {
            store.Open();
            store.Append(Record("a"));
            store.Compact(Record("whole"));
            store.CloseCleanly();
        }
        Assert.True(Reopen().IsClean);
    }
}
