using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Simulation.Runs;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>A disk that forgets costs at most what it alone kept: never what others have.</summary>
public class DiskRotTests
{
    /// <summary>
    /// A node whose log has joined contexts, which cover births that are only in its snapshot. Had it believed them without the
    /// snapshot, it would have told its peers that those objects are deleted.
    /// </summary>
    static Cluster Forgetful(ulong seed) => Cluster.Of(3).Seed(seed).Pods(8).SmallLogs().ExpectOneOwnerPerPod()
        .Kill(1).Scale(0, 3).Edit(0).For(10.Seconds())
        .Restart(1).For(5.Seconds()).Kill(1);

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void A_damaged_snapshot_deletes_nothing(ulong seed)
    {
        var cluster = Forgetful(seed).RotSnapshot(1).Restart(1).ExpectRest();
        Assert.Equal(1, cluster.Sometimes("a store is found damaged"));
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void A_lost_snapshot_deletes_nothing(ulong seed)
    {
        var cluster = Forgetful(seed).LoseSnapshot(1).Restart(1).ExpectRest();
        Assert.Equal(1, cluster.Sometimes("a store is found damaged"));
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL), InlineData(5UL), InlineData(6UL)]
    public void A_damaged_log_deletes_nothing(ulong seed) => Forgetful(seed).RotLog(1).Restart(1).ExpectRest();

    [Theory, InlineData(1UL), InlineData(2UL)]
    public void A_lost_log_deletes_nothing(ulong seed)
    {
        var cluster = Forgetful(seed).LoseLog(1).Restart(1).ExpectRest();
        Assert.Equal(1, cluster.Sometimes("a store is found damaged"));
    }

    /// <summary>Else a crash before the first compaction would find a log behind a snapshot that it never belonged to.</summary>
    [Fact]
    public void A_node_that_dies_again_before_it_has_synced_still_deletes_nothing() =>
        Forgetful(1).LoseSnapshot(1).Restart(1).Kill(1).Restart(1).For(TimeSpan.FromMilliseconds(2)).Kill(1).Restart(1).ExpectRest();

    [Fact]
    public void A_damaged_node_takes_no_write_until_it_has_compared_its_tables()
    {
        var cluster = Forgetful(1).LoseSnapshot(1).Restart(1);
        List<Reply> replies = [];
        var write = new CreateObject(new ObjectName("ConfigMap", "default", "late"), "v1", [new ObjectField("data.a", "1"u8.ToArray())]);
        cluster.World.Nodes[1].Ask(write, replies.Add);
        Assert.Equal(RefusedBecause.Unavailable, Assert.IsType<Refused>(Assert.Single(replies)).Because);

        cluster.ExpectOneOwnerPerPod();
        cluster.World.Nodes[1].Ask(write, replies.Add);
        cluster.For(1.Seconds());
        Assert.IsType<ObjectStored>(replies[^1]);
    }

    [Fact]
    public void Without_peers_it_takes_writes_again_after_a_while()
    {
        var cluster = Cluster.Of(1).Seed(3).Pods(4).SmallLogs().ExpectOneOwnerPerPod().Kill(0).LoseSnapshot(0).Restart(0).For(5.Seconds());
        List<Reply> replies = [];
        cluster.World.Nodes[0].Ask(new CreateObject(new ObjectName("ConfigMap", "default", "late"), "v1", []), replies.Add);
        cluster.For(1.Seconds());
        Assert.IsType<ObjectStored>(Assert.Single(replies));
    }

    /// <summary>Without these the runs below would have had little to show.</summary>
    static readonly string[] MustHappen =
    [
        "a log is lost", "a log rots", "a snapshot is lost", "a snapshot rots", "a store is found damaged", "a torn record is cut off",
    ];

    [Fact]
    public void Clusters_survive_rot_beside_all_other_faults()
    {
        var report = SimulationRun.Run(new SimOptions(Nodes: 5, Pods: 12, Seeds: 24, Parallelism: 2) { RottenDisks = true });
        Assert.Empty(report.Violations);
        Assert.DoesNotContain(MustHappen, what => report.Sometimes.GetValueOrDefault(what) == 0);
    }
}
