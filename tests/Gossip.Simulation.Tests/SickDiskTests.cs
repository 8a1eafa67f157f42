using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>The disk is a part of a node's health: a sick one takes nothing, gives its pods away, and comes back by itself.</summary>
public class SickDiskTests
{
    static Cluster Running(ulong seed) => Cluster.Of(4).Seed(seed).Pods(12).SmallLogs().ExpectOneOwnerPerPod();

    static DiskState DiskOf(Cluster cluster, int node, int seenBy)
    {
        var viewer = cluster.World.Nodes[seenBy];
        var id = cluster.World.Nodes[node].Id;
        return viewer.Machine!.View(viewer.Now).Nodes.Single(seen => seen.Member.Id == id).Member.Capacity.Disk;
    }

    /// <summary>But for one that has to be apart from those on all other nodes.</summary>
    static string[] MovableOn(Cluster cluster, int node) =>
    [
        .. cluster.World.Nodes[node].Runtime.Pods.Values.Where(pod => pod.IsAnythingUp).Select(pod => pod.Launch.Name)
            .Where(name => !name.StartsWith("apart", StringComparison.Ordinal)),
    ];

    static List<Reply> Ask(Cluster cluster, int node, Request question)
    {
        List<Reply> replies = [];
        cluster.World.Nodes[node].Ask(question, replies.Add);
        return replies;
    }

    static CreateObject Create(string name) =>
        new(new ObjectName("ConfigMap", "default", name), "v1", [new ObjectField("data.a", "1"u8.ToArray())]);

    /// <summary>A hanging fsync once made 14 processes for 12 pods: the node went on bidding.</summary>
    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL), InlineData(4UL)]
    public void While_an_fsync_hangs_the_node_says_so_and_no_pod_runs_twice(ulong seed)
    {
        var cluster = Running(seed).SlowDisk(1, 30.Seconds()).Scale(0, 6).WatchCopies(8.Seconds(), out var copies);
        Assert.Equal(1, copies);
        Assert.Equal(DiskState.Slow, DiskOf(cluster, node: 1, seenBy: 0));
        var refused = Assert.IsType<Refused>(Assert.Single(Ask(cluster, 1, Create("late"))));
        Assert.Contains("is slow", refused.Message, StringComparison.Ordinal);

        cluster.WatchCopies(20.Seconds(), out copies).SlowDisk(1, 1.Milliseconds()).WatchCopies(30.Seconds(), out var after).ExpectRest();
        Assert.InRange(copies, 1, 1);
        Assert.InRange(after, 1, 1);
        Assert.Equal(DiskState.Healthy, DiskOf(cluster, node: 1, seenBy: 0));
    }

    [Theory, InlineData(1UL), InlineData(2UL)]
    public void A_disk_that_stays_slow_loses_its_pods_to_others_and_has_its_share_of_new_ones_when_it_is_well(ulong seed)
    {
        var cluster = Running(seed).SlowDisk(1, 3.Seconds()).Edit(0).For(2.Minutes()); // only a write tells that it is slow
        Assert.Empty(MovableOn(cluster, 1));
        cluster.SlowDisk(1, 1.Milliseconds()).For(20.Seconds()).ExpectRest();
        Assert.Equal(DiskState.Healthy, DiskOf(cluster, node: 1, seenBy: 2));
    }

    [Fact]
    public void A_full_disk_takes_removals_but_no_new_objects_and_comes_back()
    {
        var cluster = Running(1);
        var created = Ask(cluster, 1, Create("before"));
        cluster.For(1.Seconds()).FillDisk(1, isFull: true).For(1.Seconds());
        Assert.IsType<ObjectStored>(Assert.Single(created));
        Assert.Equal(DiskState.Full, DiskOf(cluster, node: 1, seenBy: 0));
        var refused = Assert.IsType<Refused>(Assert.Single(Ask(cluster, 1, Create("late"))));
        Assert.Equal(RefusedBecause.Unavailable, refused.Because);
        Assert.Equal("the disk is full: free some space; ask another node", refused.Message);
        var deleted = Ask(cluster, 1, new DeleteObject(new ObjectName("ConfigMap", "default", "before"), null));
        cluster.For(60.Seconds());
        Assert.IsType<Deleted>(Assert.Single(deleted));
        Assert.Empty(MovableOn(cluster, 1));

        cluster.FillDisk(1, isFull: false).ExpectRest();
        var late = Ask(cluster, 1, Create("late"));
        cluster.For(1.Seconds());
        Assert.IsType<ObjectStored>(Assert.Single(late));
    }

    [Theory, InlineData(1UL), InlineData(2UL), InlineData(3UL)]
    public void A_failed_fsync_ends_the_node_and_its_pods_and_acknowledges_nothing(ulong seed)
    {
        var cluster = Running(seed);
        Assert.NotEmpty(cluster.World.Nodes[1].Runtime.Pods);
        cluster.FailDisk(1, fails: true);
        var lost = Ask(cluster, 1, Create("lost"));
        cluster.WatchCopies(40.Seconds(), out var copies);
        Assert.DoesNotContain(lost, reply => reply is ObjectStored);
        Assert.False(cluster.World.Nodes[1].IsUp);
        Assert.DoesNotContain(cluster.World.Nodes[1].Runtime.Pods.Values, pod => pod.IsAnythingUp);
        Assert.InRange(copies, 1, 2); // others may begin while the last end
        cluster.FailDisk(1, fails: false).Restart(1).ExpectRest();
    }

    /// <summary>Nobody is there to take them over: better pods that nobody watches than none.</summary>
    [Fact]
    public void Alone_its_pods_run_on_when_the_disk_fails()
    {
        var cluster = Cluster.Of(1).Seed(1).Pods(4).ExpectOneOwnerPerPod();
        var before = cluster.RunningNow.Count();
        cluster.FailDisk(0, fails: true);
        Ask(cluster, 0, Create("lost"));
        cluster.For(10.Seconds());
        Assert.False(cluster.World.Nodes[0].IsUp);
        Assert.Equal(before, cluster.RunningNow.Count());
        cluster.FailDisk(0, fails: false).Restart(0).ExpectRest();
    }
}
