using System.Diagnostics;
using System.Globalization;
using Gossip.Bench.Placement;

namespace Gossip.Bench.Scale;

/// <summary>More pods over more nodes than whole nodes fit: each list of members and each table but once.</summary>
static class BigBurst
{
    /// <summary>Of one Deployment.</summary>
    const int Replicas = 1000;

    public static IEnumerable<ScaleFigure> Run(int nodes, ulong seed, int pods)
    {
        var wall = Stopwatch.StartNew();
        var cluster = new BurstCluster(nodes, seed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {nodes} nodes of 4 CPU and 110 pods; Deployments of {Replicas} pods of 100m, all asked for at once. Real: each node's auctioneer and bidder, every message
            encoded and decoded, 0.1 to 0.5 ms under way; a write takes 1 ms of fsync. Modelled: one copy of tables and members for all nodes; workloads, rows and
            capacities are known to others {cluster.Gossip.TotalSeconds:F1} s after they were written (push to 3 every 200 ms, until the last of {nodes} is reached), whatever
            their number; no node takes over from a silent one. Computing takes no time, as in every simulation here; pods are not started.
            """));
        for (var left = pods; left > 0; left -= Replicas) cluster.Call(cluster.Want("burst", Plain, Math.Min(left, Replicas)));
        cluster.RunUntil(() => cluster.Admitted.Count == pods, TimeSpan.FromMinutes(10));
        var took = cluster.Admitted.Values.Order().ToArray();
        if (took.Length < pods || cluster.Doubled > 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{took.Length} of {pods} pods have a place after {cluster.Elapsed.TotalSeconds:F0} s, {cluster.Doubled} more than one"));
        if (took.Length == 0) yield break;
        var perSecond = took.Length / took[^1].TotalSeconds;
        yield return Figure("p50", took[took.Length / 2]);
        yield return Figure("p99", took[took.Length * 99 / 100]);
        yield return Figure(string.Create(CultureInfo.InvariantCulture, $"the last ({perSecond:F0} pods/s, {(double)cluster.Messages / took.Length:F1} datagrams a pod; {cluster.News >> 20} MB of rows go to every node)"), took[^1]);

        ScaleFigure Figure(string which, TimeSpan at) => ScaleFigure.Of(
            string.Create(CultureInfo.InvariantCulture, $"burst of {pods} admitted, {which}"), nodes, seed, at, cluster.Events, wall.Elapsed, 0);
    }

    static string Plain => Workload.All[0].PodTemplate;
}
