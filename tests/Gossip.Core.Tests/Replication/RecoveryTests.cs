using System.Buffers;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;

namespace Gossip.Core.Tests.Replication;

public sealed class RecoveryTests
{
    static RowPeer Alone(ulong seed = 1) => new RowCluster(1, seed).Peers[0];

    [Fact]
    public void A_clean_restart_keeps_rows_removals_and_the_writer()
    {
        var peer = Alone();
        Uid kept = peer.Create(("data.x", new byte[] { 1 })), removed = peer.Create();
        peer.Edit(kept, "data.x", 2);
        peer.Remove(removed);
        peer.Restart(peer.Stored(isClean: true), bootAtLeast: 1);
        Assert.Equal([2], peer.Value(kept, "data.x")!);
        Assert.Null(peer.Rows.Find(removed));
        Assert.True(peer.Rows.Covers(removed));
        var next = peer.Create();
        Assert.Equal(kept.Birth.Writer, next.Birth.Writer);
        Assert.Equal(4ul, next.Birth.Seq); // two births and an edit before
    }

    [Fact]
    public void An_unclean_restart_keeps_the_rows_and_takes_a_new_writer()
    {
        var peer = Alone();
        var kept = peer.Create();
        peer.Restart(peer.Stored(isClean: false), bootAtLeast: 1);
        Assert.NotNull(peer.Rows.Find(kept));
        Assert.NotEqual(kept.Birth.Writer, peer.Create().Birth.Writer);
    }

    /// <summary>One broken clock once spread at restarts: every cell of an own row counted, others' cells too.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_restart_takes_nobody_else_s_clock_from_the_log(bool isClean)
    {
        var cluster = new RowCluster(2, 1);
        var (broken, sound) = (cluster.Peers[0], cluster.Peers[1]);
        broken.WallError = (long)TimeSpan.FromDays(30).TotalMilliseconds;
        var row = broken.Create(("data.x", new byte[] { 1 }), ("data.y", new byte[] { 1 }));
        cluster.UntilConverged();
        sound.Edit(row, "data.x", 2);
        sound.Restart(sound.Stored(isClean), bootAtLeast: 1);
        var after = sound.Rows.Find(sound.Create())![""]!.Value.Stamp.UnixMilliseconds;
        Assert.True(after < sound.Now.Wall.UnixMilliseconds + 60_000, $"it stamps {after - sound.Now.Wall.UnixMilliseconds} ms ahead");
    }

    [Fact]
    public void Boots_grow_with_each_start_and_at_least_with_the_clock()
    {
        var peer = Alone();
        var config = new NodeConfig(peer.Card, [], NodeTimings.Lan, 1, BootAtLeast: 1);
        var stored = peer.Stored(isClean: true);
        var boot = Replicator.NextBoot(config, stored);
        Assert.True(boot > 1);
        Assert.Equal(500ul, Replicator.NextBoot(config with { BootAtLeast = 500 }, stored));
        peer.Restart(stored, bootAtLeast: 1);
        Assert.Equal(boot + 1, Replicator.NextBoot(config, peer.Stored(isClean: true)));
    }

    [Fact]
    public void A_write_is_seen_by_nobody_but_the_next_write_until_the_log_confirms_it()
    {
        var peer = Alone();
        peer.Confirms = false;
        var done = new List<string>();
        var uid = peer.Rows.Create(RowKind.Object, [("", new byte[] { 1 })], new Turn(peer.Now, peer), (_, _) => done.Add("created"));
        peer.Rows.Edit(uid, [("data.x", new byte[] { 1 })], new Turn(peer.Now, peer), (_, _) => done.Add("edited"));
        peer.Rows.Edit(uid, [("data.x", new byte[] { 2 })], new Turn(peer.Now, peer));
        Assert.Null(peer.Rows.Find(uid));
        Assert.False(peer.Rows.Covers(uid));
        Assert.Equal(0, peer.Rows.Fill(new byte[1000]));
        Assert.Empty(done);
        peer.Rows.OnPersisted(new LogPosition((ulong)peer.Log.Count - 1), new Turn(peer.Now, peer));
        Assert.Equal(["created", "edited"], done);
        Assert.Equal([1], peer.Value(uid, "data.x")!);
        peer.Rows.OnPersisted(new LogPosition((ulong)peer.Log.Count), new Turn(peer.Now, peer));
        Assert.Equal([2], peer.Value(uid, "data.x")!);
        Assert.Equal(2u, peer.Rows.Find(uid)!["data.x"]!.Value.Generation);
        Assert.True(peer.Rows.Fill(new byte[1000]) > 0);
    }

    [Fact]
    public void A_write_lost_before_it_was_confirmed_leaves_no_trace()
    {
        var peer = Alone();
        var records = peer.Log.Count;
        peer.Confirms = false;
        var lost = peer.Rows.Create(RowKind.Object, [("", new byte[] { 1 })], new Turn(peer.Now, peer));
        peer.Restart(peer.Stored(isClean: false, records), bootAtLeast: 1);
        Assert.Null(peer.Rows.Find(lost));
        Assert.False(peer.Rows.Covers(lost));
    }

    [Fact]
    public void A_snapshot_has_everything_with_writes_not_yet_confirmed()
    {
        var peer = Alone();
        Uid kept = peer.Create(), removed = peer.Create(), before = peer.Create();
        peer.Remove(removed);
        peer.Confirms = false;
        var pending = peer.Rows.Create(RowKind.Slot, [("", new byte[] { 1 })], new Turn(peer.Now, peer));
        peer.Rows.Edit(kept, [("data.x", new byte[] { 5 })], new Turn(peer.Now, peer));
        peer.Rows.Remove(before, new Turn(peer.Now, peer));
        var last = peer.Rows.Tick(peer.Now);
        var snapshot = new ArrayBufferWriter<byte>();
        peer.Rows.WriteSnapshot(snapshot);
        peer.Confirms = true;
        peer.Restart(new StoreContents(snapshot.WrittenMemory, [], IsClean: true), bootAtLeast: 1);
        Assert.NotNull(peer.Rows.Find(pending));
        Assert.Equal([5], peer.Value(kept, "data.x")!);
        Assert.Null(peer.Rows.Find(removed));
        Assert.True(peer.Rows.Covers(removed));
        Assert.Null(peer.Rows.Find(before));
        Assert.Equal(pending.Birth.Writer, peer.Rows.Writer);
        Assert.True(peer.Create().Birth.Seq > pending.Birth.Seq + 1);
        Assert.True(peer.Rows.Tick(peer.Now).CompareTo(last) > 0);
    }

    [Fact]
    public void A_damaged_record_is_skipped_and_the_rest_applies_under_a_new_writer()
    {
        var peer = Alone();
        Uid first = peer.Create(), second = peer.Create(), third = peer.Create();
        var stored = peer.Stored(isClean: true);
        var records = stored.Records.ToList();
        records[^2] = records[^2][..^3];
        peer.Restart(stored with { Records = records }, bootAtLeast: 1);
        Assert.Equal(1, peer.Rows.Quarantined);
        Assert.NotNull(peer.Rows.Find(first));
        Assert.Null(peer.Rows.Find(second));
        Assert.False(peer.Rows.Covers(second)); // so that peers can bring it back
        Assert.NotNull(peer.Rows.Find(third));
        Assert.NotEqual(first.Birth.Writer, peer.Rows.Writer);
    }

    [Fact]
    public void After_damage_no_joined_context_declares_a_lost_row_dead()
    {
        var cluster = new RowCluster(2, 3);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        cluster.IsCut = static (_, _) => true;
        var uid = a.Create();
        a.Edit(uid, "data.x", 1); // its first dot travels in no row any more: b learns it only from a context
        cluster.Rounds(20);
        cluster.IsCut = static (_, _) => false;
        cluster.UntilConverged();
        var stored = b.Stored(isClean: true);
        var damaged = stored.Records.Select(record => record.Length > 2 && record.Span[1] == (byte)JournalKind.Rows ? record[..^2] : record).ToList();
        b.Restart(stored with { Records = damaged }, bootAtLeast: 1);
        Assert.True(b.Rows.Quarantined > 0);
        Assert.Null(b.Rows.Find(uid));
        cluster.UntilConverged();
        Assert.NotNull(a.Rows.Find(uid));
        Assert.NotNull(b.Rows.Find(uid));
    }

    /// <summary>The log behind a snapshot that is gone: its context covers births of which no row was read.</summary>
    [Fact]
    public void Behind_a_lost_snapshot_no_joined_context_declares_its_rows_dead()
    {
        var cluster = new RowCluster(2, 3);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        var old = a.Create(("data.x", new byte[] { 1 }));
        cluster.UntilConverged();
        var inSnapshot = b.Log.Count;
        cluster.IsCut = static (_, _) => true;
        var later = a.Create();
        for (byte edit = 1; edit <= 2; edit++) a.Edit(later, "data.x", edit); // no row has the first dot: b learns it only from a context
        cluster.Rounds(20);
        cluster.IsCut = static (_, _) => false;
        cluster.UntilConverged();
        var stored = b.Stored(isClean: true);
        Assert.Contains(stored.Records.Skip(inSnapshot), record => record.Span[1] == (byte)JournalKind.Context);

        b.Restart(stored with { Records = [.. stored.Records.Skip(inSnapshot)], Damage = ["the snapshot is missing"] }, bootAtLeast: 1);
        Assert.True(b.Rows.IsDamaged);
        Assert.Null(b.Rows.Find(old));
        Assert.False(b.Rows.Covers(old));
        Assert.NotNull(b.Rows.Find(later));
        Assert.NotEqual(0ul, b.Rows.Writer.Value);
        cluster.UntilConverged();
        Assert.Equal([1], a.Value(old, "data.x")!);
        Assert.Equal([1], b.Value(old, "data.x")!);
    }

    [Fact]
    public void After_damage_not_even_the_snapshots_own_context_is_believed_but_removals_are()
    {
        var peer = Alone();
        Uid kept = peer.Create(), removed = peer.Create();
        peer.Remove(removed);
        var snapshot = new ArrayBufferWriter<byte>();
        peer.Rows.WriteSnapshot(snapshot);
        var logged = peer.Log.Count;
        var later = peer.Create();
        peer.Remove(later);
        var records = peer.Log.Skip(logged).Select(record => (ReadOnlyMemory<byte>)record).ToList();
        var stored = new StoreContents(snapshot.WrittenMemory, records, IsClean: false) { Damage = ["the log is damaged"] };
        peer.Restart(stored, bootAtLeast: 1);
        Assert.NotNull(peer.Rows.Find(kept));
        Assert.False(peer.Rows.Covers(removed));
        Assert.True(peer.Rows.Covers(later));
        Assert.NotEqual(kept.Birth.Writer, peer.Rows.Writer);
        Assert.Equal("StoreDamaged", Assert.Single(peer.Notes).Event);
        Assert.Equal(NoteLevel.Warning, peer.Notes[0].Level);
    }

    [Fact]
    public void A_damaged_snapshot_is_left_aside_and_the_log_applies()
    {
        var peer = Alone();
        var snapshot = new ArrayBufferWriter<byte>();
        peer.Create();
        peer.Rows.WriteSnapshot(snapshot);
        var logged = peer.Log.Count;
        var later = peer.Create();
        var records = peer.Log.Skip(logged).Select(record => (ReadOnlyMemory<byte>)record).ToList();
        peer.Restart(new StoreContents(snapshot.WrittenMemory[..^4], records, IsClean: true), bootAtLeast: 1);
        Assert.NotNull(peer.Rows.Find(later));
        Assert.NotEqual(later.Birth.Writer, peer.Rows.Writer);
        Assert.True(peer.Rows.Quarantined > 0);
    }

    [Fact]
    public void Versions_of_a_later_life_are_greater()
    {
        var peer = Alone();
        var uid = peer.Create();
        var version = peer.Rows.VersionOf(uid);
        Assert.Equal(peer.Rows.Version, version);
        peer.Restart(peer.Stored(isClean: true), bootAtLeast: 1);
        Assert.True(peer.Rows.Version > version);
    }
}
