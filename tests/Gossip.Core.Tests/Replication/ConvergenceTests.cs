using FsCheck.Xunit;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Replication;

/// <summary>Whole replicators over a pipe that loses, cuts and restarts.</summary>
public sealed class ConvergenceTests
{
    static void WriteAtRandom(RowCluster cluster, RandomStream random, List<Uid> known, HashSet<Uid> removed)
    {
        var peer = cluster.Peers[random.Below(cluster.Peers.Count)];
        var uid = known.Count == 0 ? Uid.None : known[random.Below(known.Count)];
        var holds = peer.Rows.Find(uid) is not null;
        switch (random.Below(10))
        {
            case < 4:
                known.Add(peer.Create(("data.x", new byte[1 + random.Below(40)])));
                break;
            case < 8 when holds:
                peer.Edit(uid, "data.y", (byte)random.Below(256));
                break;
            case 8 when holds:
                peer.Remove(uid);
                removed.Add(uid);
                break;
        }
    }

    [Property(MaxTest = 25)]
    public void Three_replicas_converge_under_loss_cuts_and_wrong_clocks(ulong seed)
    {
        var random = new RandomStream(seed);
        var cluster = new RowCluster(3, seed) { Loss = 0.4 };
        cluster.Peers[1].WallError = -315_000_000_000;
        cluster.Peers[2].WallError = 315_000_000_000;
        var known = new List<Uid>();
        var removed = new HashSet<Uid>();
        for (var round = 0; round < 30; round++)
        {
            var alone = cluster.Peers[random.Below(3)];
            cluster.IsCut = random.Chance(0.5) ? (a, b) => a == alone || b == alone : static (_, _) => false;
            cluster.FramesMost = random.Chance(0.3) ? 1 : int.MaxValue;
            for (var writes = random.Below(6); writes > 0; writes--) WriteAtRandom(cluster, random, known, removed);
            cluster.Round();
        }
        cluster.IsCut = static (_, _) => false;
        cluster.FramesMost = int.MaxValue;
        cluster.UntilConverged();
        foreach (var uid in known)
            Assert.Equal(removed.Contains(uid), cluster.Peers[0].Rows.Find(uid) is null);
        Assert.True(cluster.LargestDatagram <= Limits.DatagramPayload);
        Assert.True(cluster.LargestFrame <= Limits.FramePayload);
        Assert.Equal(0, cluster.Peers[0].Rows.Table.Context.Islands); // no dot but was seen, so metadata is a number a writer
    }

    [Fact]
    public void An_edit_behind_a_partition_does_not_bring_back_what_was_removed_before_it()
    {
        var cluster = new RowCluster(2, 5);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        var uid = a.Create();
        cluster.UntilConverged();
        cluster.IsCut = static (_, _) => true;
        a.Remove(uid);
        b.Edit(uid, "spec.replicas", 9);
        cluster.Rounds(3);
        cluster.IsCut = static (_, _) => false;
        cluster.UntilConverged();
        Assert.Null(a.Rows.Find(uid));
        Assert.Null(b.Rows.Find(uid));
        Assert.Contains(b.Rows.Changes, change => change.Uid == uid && change.After is null);
    }

    [Fact]
    public void Edits_of_two_fields_behind_a_partition_both_survive()
    {
        var cluster = new RowCluster(2, 5);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        var uid = a.Create();
        cluster.UntilConverged();
        cluster.IsCut = static (_, _) => true;
        a.Edit(uid, "spec.replicas", 3);
        b.Edit(uid, "spec.template", 4);
        cluster.IsCut = static (_, _) => false;
        cluster.UntilConverged();
        Assert.Equal([3], b.Value(uid, "spec.replicas")!);
        Assert.Equal([4], a.Value(uid, "spec.template")!);
    }

    [Fact]
    public void A_session_of_which_a_frame_is_lost_makes_nothing_dead()
    {
        var cluster = new RowCluster(2, 11) { Loss = 0 };
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        cluster.IsCut = static (_, _) => true;
        for (var i = 0; i < 40; i++) a.Create(("data.x", new byte[100_000]));
        cluster.IsCut = static (_, _) => false;
        cluster.FramesMost = 3; // list, head, one frame of rows; the stream breaks there
        for (var round = 0; round < 3; round++) cluster.Round();
        foreach (var row in a.Rows.Rows(RowKind.Object))
            Assert.Equal(b.Rows.Find(row.Uid) is not null, b.Rows.Covers(row.Uid));
        cluster.FramesMost = int.MaxValue;
        cluster.UntilConverged();
        Assert.Equal(40, b.Rows.Rows(RowKind.Object).Count());
    }

    [Fact]
    public void A_difference_larger_than_a_session_is_repaired_in_several()
    {
        var cluster = new RowCluster(2, 12);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        cluster.IsCut = static (_, _) => true;
        for (var i = 0; i < 15; i++) a.Create(("data.x", new byte[900_000]));
        cluster.IsCut = static (_, _) => false;
        cluster.UntilConverged(20);
        Assert.Equal(15, b.Rows.Rows(RowKind.Object).Count());
        Assert.True(cluster.LargestFrame <= Limits.FramePayload);
        Assert.True(b.Rows.HasSynced);
    }

    [Fact]
    public void A_row_that_outgrew_a_frame_through_a_merge_still_travels()
    {
        var cluster = new RowCluster(3, 13);
        var (a, b, c) = (cluster.Peers[0], cluster.Peers[1], cluster.Peers[2]);
        var uid = a.Create();
        cluster.UntilConverged();
        cluster.IsCut = static (_, _) => true;
        a.Edit(uid, "data.a", new byte[900_000]);
        b.Edit(uid, "data.b", new byte[900_000]);
        cluster.IsCut = static (_, _) => false;
        cluster.UntilConverged();
        Assert.Equal(900_000, c.Value(uid, "data.a")!.Length);
        Assert.Equal(900_000, c.Value(uid, "data.b")!.Length);
        Assert.True(cluster.LargestFrame <= Limits.FramePayload);
    }

    [Property(MaxTest = 20)]
    public void A_finished_session_shrinks_the_difference(ulong seed)
    {
        var random = new RandomStream(seed);
        var cluster = new RowCluster(2, seed);
        cluster.IsCut = static (_, _) => true;
        List<Uid> known = [];
        for (var i = 0; i < 60; i++) WriteAtRandom(cluster, random, known, []);
        cluster.Deliver();
        cluster.Loss = 1; // no rumours from here on: datagrams are lost but the digest, handed over by hand
        cluster.IsCut = static (_, _) => false;
        var before = Difference(cluster);
        if (before == 0) return;
        var digest = new Core.Replication.Digest(HashesOf(cluster.Peers[0]), cluster.Peers[0].Rows.Table.Context.Hash(), false);
        Hand(cluster.Peers[0], cluster.Peers[1], digest);
        cluster.Deliver();
        Assert.Equal(0, Difference(cluster));
        Assert.True(cluster.IsConverged);
    }

    [Fact]
    public void Equal_tables_with_different_contexts_exchange_contexts_alone()
    {
        var cluster = new RowCluster(2, 15);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        cluster.IsCut = static (_, _) => true;
        var uid = a.Create();
        a.Remove(uid);
        cluster.Rounds(20); // the rumour of the removal is spent
        cluster.IsCut = static (_, _) => false;
        cluster.UntilConverged();
        Assert.True(b.Rows.Covers(uid));
        Assert.DoesNotContain(b.Rows.Changes, change => change.Uid == uid);
    }

    [Fact]
    public void A_node_that_lost_its_disk_never_mints_a_dot_again_and_gets_its_rows_back()
    {
        var cluster = new RowCluster(2, 16);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        var uid = a.Create();
        cluster.UntilConverged();
        a.Restart(new StoreContents(null, [], IsClean: false), bootAtLeast: 2);
        Assert.False(a.Rows.HasSynced);
        var second = a.Create();
        Assert.NotEqual(uid.Birth.Writer, second.Birth.Writer);
        cluster.UntilConverged();
        Assert.NotNull(a.Rows.Find(uid));
        Assert.NotNull(b.Rows.Find(second));
        Assert.True(a.Rows.HasSynced);
    }

    [Fact]
    public void A_node_restored_from_an_old_copy_takes_a_new_writer_as_soon_as_it_hears_of_its_later_dots()
    {
        var cluster = new RowCluster(2, 17);
        var (a, b) = (cluster.Peers[0], cluster.Peers[1]);
        a.Create();
        var copy = a.Stored(isClean: true);
        var later = a.Create();
        cluster.UntilConverged();
        a.Restart(copy, bootAtLeast: 9);
        Assert.Equal(later.Birth.Writer, a.Rows.Writer);
        cluster.UntilConverged();
        Assert.NotNull(a.Rows.Find(later));
        Assert.NotEqual(later.Birth.Writer, a.Rows.Writer);
        Assert.NotEqual(later, a.Create());
    }

    [Fact]
    public void Two_empty_nodes_find_that_they_agree()
    {
        var cluster = new RowCluster(2, 18);
        cluster.Rounds(3);
        Assert.True(cluster.Peers[0].Rows.HasSynced);
        Assert.True(cluster.Peers[1].Rows.HasSynced);
    }

    [Fact]
    public void Quiet_replicas_that_agree_open_no_session()
    {
        var cluster = new RowCluster(3, 19);
        for (var i = 0; i < 10; i++) cluster.Peers[i % 3].Create();
        cluster.UntilConverged();
        cluster.Rounds(10);
        var frames = cluster.Frames;
        cluster.Rounds(20);
        Assert.Equal(frames, cluster.Frames);
    }

    [Fact]
    public void A_kind_and_cells_that_nobody_here_knows_are_held_and_passed_on()
    {
        var cluster = new RowCluster(2, 20);
        var uid = cluster.Peers[0].Create((RowKind)99, ("from.the.future", new byte[] { 1, 2, 3 }));
        cluster.UntilConverged();
        Assert.Equal([1, 2, 3], cluster.Peers[1].Value(uid, "from.the.future")!);
        Assert.Equal((RowKind)99, cluster.Peers[1].Rows.Find(uid)!.Kind);
    }

    static int Difference(RowCluster cluster)
    {
        var marks = cluster.Peers.Select(peer => peer.Rows.Table.All().Select(row => row.Mark()).ToHashSet()).ToArray();
        return marks[0].Except(marks[1]).Count() + marks[1].Except(marks[0]).Count();
    }

    static byte[] HashesOf(RowPeer peer) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(peer.Rows.Table.Hashes).ToArray();

    static void Hand(RowPeer from, RowPeer to, in Core.Replication.Digest digest)
    {
        var bytes = new WireBuffer();
        Envelope.WriteHeader(bytes, from.Self, 1);
        Envelope.Append(bytes, digest);
        to.Receive(from, bytes.Written.ToArray());
    }
}
