using Gossip.Simulation.Time;

namespace Gossip.Simulation.Tests;

/// <summary>What a pod says of partitions: which copy stays on heal, and whether it runs where its node sees no majority.</summary>
public class PartitionPolicyTests
{
    static Cluster Six(string annotations) => Cluster.Of(6).Seed(3).Pods(6).Annotated("p", annotations).ExpectOneOwnerPerPod();

    /// <summary>Cuts the pod's machine and its neighbours off.</summary>
    static Cluster Split(Cluster cluster, int size, out int home)
    {
        home = cluster.Running("p").Single();
        var from = Math.Min(home, 6 - size);
        return cluster.Partition(from..(from + size)).For(60.Seconds());
    }

    [Theory, InlineData("oldest", true), InlineData("newest", false)]
    public void Of_two_copies_that_meet_the_one_stays_that_the_policy_names(string keeps, bool staysAtHome)
    {
        var cluster = Split(Six($"\"gossip.dev/on-heal\":\"{keeps}\""), 3, out var home);
        Assert.Equal(2, cluster.Running("p").Count);
        cluster.Heal().ExpectRest();
        Assert.Equal(staysAtHome, cluster.Running("p").Single() == home);
    }

    [Theory]
    [InlineData("keep", 2, true, 2)]  // runs on on the small side, and again on the great one
    [InlineData("stop", 2, false, 1)] // ends on the small side
    [InlineData("stop", 3, false, 0)] // of two halves neither is a majority
    [InlineData("stop", 4, true, 1)]  // the great side keeps it
    public void A_pod_ends_or_not_where_its_node_is_alone(string policy, int side, bool runsAtHome, int copies)
    {
        var cluster = Split(Six($"\"gossip.dev/when-alone\":\"{policy}\""), side, out var home);
        Assert.Equal(copies, cluster.Running("p").Count);
        Assert.Equal(runsAtHome, cluster.Running("p").Contains(home));
        cluster.Heal().ExpectRest();
        Assert.Single(cluster.Running("p"));
    }
}
