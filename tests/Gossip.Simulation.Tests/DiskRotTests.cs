using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
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

    [Theory, InlineData(1UL), InlineData(2UL)]
    public void A_folder_that_lost_everything_but_its_card_deletes_nothing(ulong seed)
    {
        var cluster = Forgetful(seed).LoseLogAndSnapshot(1).Restart(1).ExpectRest();
        Assert.Equal(1, cluster.Sometimes("a store is found damaged"));
    }

    [Theory, InlineData(1UL, true), InlineData(2UL, true), InlineData(1UL, false), InlineData(2UL, false)]
    public void A_file_of_another_node_deletes_nothing(ulong seed, bool isLog)
    {
        var cluster = Forgetful(seed).SwapFile(1, 0, isLog).Restart(1).ExpectRest();
        Assert.Equal(1, cluster.Sometimes("a store is found damaged"));
    }

    static Cluster Alone() => Cluster.Of(1).Seed(3).Pods(4).SmallLogs().ExpectOneOwnerPerPod().Kill(0).LoseSnapshot(0).Restart(0);

    [Fact]
    public void Alone_and_damaged_a_node_does_not_start_also_when_it_is_asked_again()
    {
        var cluster = Alone();
        Assert.Contains("the snapshot is missing", cluster.RefusalOf(0), StringComparison.Ordinal);
        Assert.Contains("the snapshot is missing", cluster.Restart(0).RefusalOf(0), StringComparison.Ordinal);
    }

    [Fact]
    public void Alone_it_starts_on_what_is_left_when_the_loss_is_accepted_and_is_whole_from_then_on()
    {
        var cluster = Alone().AcceptLoss(0).Restart(0).For(5.Seconds());
        Assert.Null(cluster.RefusalOf(0));
        List<Reply> replies = [];
        cluster.World.Nodes[0].Ask(new CreateObject(new ObjectName("ConfigMap", "default", "late"), "v1", []), replies.Add);
        cluster.For(1.Seconds());
        Assert.IsType<ObjectStored>(Assert.Single(replies));

        cluster.World.Nodes[0].AcceptsLoss = false;
        Assert.Null(cluster.Kill(0).Restart(0).RefusalOf(0));
        Assert.False(cluster.World.Nodes[0].Machine!.IsDamaged);
    }

    /// <summary>A node that had company waits for it, and says why it is not ready: others may be a moment behind.</summary>
    [Fact]
    public void A_damaged_node_that_reaches_nobody_waits_for_somebody_who_has_the_rest()
    {
        var cluster = Forgetful(1).LoseSnapshot(1).Partition(1..2).Restart(1).For(60.Seconds());
        var node = cluster.World.Nodes[1];
        var self = node.Machine!.View(node.Now).Nodes.Single(seen => seen.Member.Id == node.Id).Member;
        Assert.False(node.Machine.HasSynced);
        Assert.Contains("waits for a node that has the rest", self.Capacity.Unready, StringComparison.Ordinal);
        Assert.Contains("the snapshot is missing", self.Capacity.StoreDamage, StringComparison.Ordinal);
        cluster.Heal().ExpectRest();
        Assert.True(node.Machine.HasSynced);
        Assert.Contains(cluster.World.Nodes[0].Machine!.View(node.Now).Events, happened => happened.Reason == "StoreDamaged");
    }

    /// <summary>
    /// A node that admitted a pod of an earlier life again and never told that it has less room now (940). Users who asked for more pods
    /// than the machines have room for (790, 1131). What the others showed was mended elsewhere.
    /// </summary>
    [Theory]
    [InlineData(213UL), InlineData(733UL), InlineData(790UL), InlineData(922UL), InlineData(940UL), InlineData(1131UL), InlineData(1292UL)]
    public void What_was_found_once_stays_away(ulong seed) =>
        Assert.Empty(SimulationRun.Run(new SimOptions(Nodes: 5, Pods: 12, Seeds: 1, FirstSeed: seed) { RottenDisks = true }).Violations);

    /// <summary>Without these the runs below would have had little to show.</summary>
    static readonly string[] MustHappen =
    [
        "a log is lost", "a log rots", "a snapshot is lost", "a snapshot rots", "a store is found damaged", "a torn record is cut off",
        "a card is lost", "an older disk is brought back", "an older file is brought back", "a file of another node is put in",
    ];

    [Fact]
    public void Clusters_survive_rot_beside_all_other_faults()
    {
        var report = SimulationRun.Run(new SimOptions(Nodes: 5, Pods: 12, Seeds: 48, Parallelism: 2) { RottenDisks = true });
        Assert.Empty(report.Violations);
        Assert.DoesNotContain(MustHappen, what => report.Sometimes.GetValueOrDefault(what) == 0);
    }
}
