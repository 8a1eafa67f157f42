using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Wire;

namespace Gossip.Core.Tests.Replication;

/// <summary>What of a row's last moments reaches the others.</summary>
public sealed class RowGossipTests
{
    const string Status = "status";

    /// <summary>What a peer saw of the row since it was asked last: the status after each change, nothing for its end.</summary>
    static List<byte?> Seen(RowPeer peer)
    {
        var seen = peer.Rows.Changes.Select(change => change.After?[Status]?.Value.Span[0]).ToList();
        peer.Rows.Changes.Clear();
        return seen;
    }

    static (RowCluster Cluster, Uid Row) Start(int peers, RowKind kind)
    {
        var cluster = new RowCluster(peers, seed: 7);
        var row = cluster.Peers[0].Create(kind, (Status, new byte[] { 1 }));
        cluster.UntilConverged();
        foreach (var peer in cluster.Peers) peer.Rows.Changes.Clear();
        return (cluster, row);
    }

    /// <summary>Rumours alone. Anti-entropy, which knows what rows are and not what they were, has a longer period.</summary>
    static void Gossip(RowCluster cluster)
    {
        for (var tick = 0; tick < 9; tick++) cluster.Round(NodeTimings.Lan.GossipInterval);
    }

    /// <summary>A pod's last status and the end of its admission: a busy disk confirms both at once, before anything was sent.</summary>
    static void ChangeAndRemove(RowPeer peer, Uid row)
    {
        peer.Confirms = false;
        peer.Edit(row, Status, 9);
        peer.Remove(row);
        peer.Confirms = true;
        peer.Settle();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void How_an_admission_ended_is_heard_everywhere_also_when_it_is_gone_at_once(int peers)
    {
        var (cluster, row) = Start(peers, RowKind.Admission);
        ChangeAndRemove(cluster.Peers[0], row);
        Gossip(cluster);
        Assert.All(cluster.Peers, peer => Assert.Equal([9, null], Seen(peer)));
    }

    /// <summary>The disk confirms the two a tick apart: some have heard the status when the end comes, and most have not.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void How_an_admission_ended_is_heard_everywhere_also_when_a_few_heard_it_before_the_end(int ticks)
    {
        var (cluster, row) = Start(20, RowKind.Admission);
        cluster.Peers[0].Edit(row, Status, 9);
        for (var tick = 0; tick < ticks; tick++) cluster.Round(NodeTimings.Lan.GossipInterval);
        cluster.Peers[0].Remove(row);
        Gossip(cluster);
        Assert.All(cluster.Peers, peer => Assert.Equal([9, null], Seen(peer)));
    }

    [Fact]
    public void Of_other_rows_only_the_end_is_told()
    {
        var (cluster, row) = Start(2, RowKind.Summary);
        ChangeAndRemove(cluster.Peers[0], row);
        cluster.UntilConverged();
        Assert.Equal([null], Seen(cluster.Peers[1]));
    }

    [Fact]
    public void What_does_not_fit_a_datagram_together_is_told_by_its_end_alone()
    {
        var cluster = new RowCluster(2, seed: 7);
        var filler = new byte[Limits.DatagramMessage - 100];
        var row = cluster.Peers[0].Create(RowKind.Admission, ("filler", filler), (Status, new byte[] { 1 }));
        cluster.UntilConverged();
        cluster.Peers[1].Rows.Changes.Clear();
        ChangeAndRemove(cluster.Peers[0], row);
        cluster.UntilConverged();
        Assert.Equal([null], Seen(cluster.Peers[1]));
        Assert.True(cluster.LargestDatagram <= Limits.DatagramPayload);
    }
}
