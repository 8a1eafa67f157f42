using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Bench.Placement;

/// <summary>How many pods a second are placed, beside a central scheduler.</summary>
static class PlacementBench
{
    /// <summary>A central baseline looks at many nodes for a pod: so many pods tell as much as all.</summary>
    const int BaselineLooks = 1_500_000;

    /// <summary>Of each workload, in seconds of a core.</summary>
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    static readonly string Honestly = $"""
        scheduler_perf's nodes (4 CPU, 32 GiB, 110 pods) and pods (100m, 500 MiB). Real: each node's auctioneer and bidder, candidates,
        books, filters, scores, tallies, reservations, awards, admission and summary rows, every message encoded and decoded. Modelled:
        one copy of the tables and of the member list for all nodes, so gossip takes no time and costs nothing; no fsync, no sealing,
        no sockets; capacity is known as it is told; one auctioneer's chunk of 64 pods after another; evicted pods end at once. Seconds are a core's, of this
        process with its collector and compiler. Two baselines send nothing and read exact books: central filters and scores
        every node, sampled as many as kube-scheduler does by default (50 - n/125 per cent that would do, at least 5 and 100 nodes).

        {"workload",-24}{"nodes",7}{"pods/s",10}{"filled",10}{"central",10}{"sampled",10}{"a node's",10}{"alloc B",10}{"held B",8}{"as rows",8}{"msgs",8}{"left",6}
        """;

    public static Command Create()
    {
        var nodes = new Option<int[]>("--nodes") { Description = "Sizes of the cluster", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1000, 5000, 10_000] };
        var only = new Option<string?>("--workload") { Description = "This one only" }.AcceptOnlyFromAmong([.. Workload.All.Select(workload => workload.Name)]);
        var (json, plot) = (Options.Json(), Options.Plot());
        var command = new Command("placement", "How many pods a second are placed, beside a central scheduler in the same process") { nodes, only, json, plot };
        command.SetAction(parsed => Run(parsed.GetValue(nodes)!, parsed.GetValue(only), parsed.GetValue(json), parsed.GetValue(plot)));
        return command;
    }

    static int Run(int[] sizes, string? only, bool asJson, string? plot)
    {
        var workloads = Array.FindAll(Workload.All, workload => only is null || only == workload.Name);
        var figures = new List<Placed>();
        Console.WriteLine(Honestly);
        foreach (var workload in workloads) Warm(workload);
        foreach (var nodes in sizes)
            foreach (var workload in workloads)
            {
                if (!Console.IsOutputRedirected) Console.Write($"  {workload.Name} on {nodes} nodes …\r");
                var figure = Measure(workload, nodes);
                figures.Add(figure);
                Console.WriteLine(figure);
                if (asJson) Console.WriteLine(JsonSerializer.Serialize(figure, JsonSerializerOptions.Web));
            }
        if (plot is not null) File.WriteAllText(plot, PlacementPlot.Draw(figures));
        return figures.Sum(figure => figure.Unplaced) == 0 ? 0 : 1;
    }

    /// <summary>Or the first to be measured would pay for the compiler, which comes back to what is called often.</summary>
    static void Warm(Workload workload)
    {
        for (var until = CoreTime.Now + WarmUp; CoreTime.Now < until;) Measure(workload, 200);
    }

    static Placed Measure(Workload workload, int nodes)
    {
        var news = new List<byte[]>();
        var empty = Auction(workload, nodes, filled: false, news);
        var full = Auction(workload, nodes, filled: true, null);
        var (hears, held, heldAsRows) = Listen(news, empty.Cluster);
        return new Placed(workload.Name, nodes, empty.PerSecond, full.PerSecond, Central(workload, nodes, sampled: false),
            Central(workload, nodes, sampled: true), 1 / (hears + 1 / empty.PerSecond / nodes),
            empty.Allocated, held, heldAsRows, empty.Messages, empty.Unplaced + full.Unplaced);
    }

    /// <summary>Seconds a pod that its news costs every node, and bytes of its heap that it then holds.</summary>
    static (double Seconds, double Held, double HeldAsRows) Listen(List<byte[]> news, BenchCluster cluster)
    {
        var placed = cluster.Slots.Slots.Count(slot => !slot.Admissions.IsEmpty); // those of lower priority, where there are any, as well
        var before = Heap();
        var asRows = HeldAsRows(news) - before;
        var listener = new Listener(cluster.Ring, cluster.Now);
        before = Heap();
        var clock = CoreTime.Now;
        foreach (var row in news) listener.Hear(row);
        var took = CoreTime.Now - clock;
        var all = Heap() - before;
        GC.KeepAlive(listener);
        return (took.TotalSeconds / placed, all / placed, asRows / placed);
    }

    /// <summary>On its own, so that the rows are gone when it returns: a local may live as long as its method.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double HeldAsRows(List<byte[]> news)
    {
        var rows = Listener.Store(news);
        var heap = Heap();
        GC.KeepAlive(rows);
        return heap;
    }

    /// <summary>What lives. The runtime's own way to force a collection is content with less than a twentieth more, which is a pod's whole share.</summary>
    static double Heap()
    {
        for (var again = 0; again < 3; again++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    sealed record Auctioned(BenchCluster Cluster, int Placed, double PerSecond, double Allocated, double Messages, int Unplaced);

    static Auctioned Auction(Workload workload, int nodes, bool filled, List<byte[]>? news)
    {
        var cluster = Prepare(workload, nodes, filled, out var pods);
        var warm = pods.Length / 4;
        cluster.Place(pods[..warm]);
        GC.Collect();
        var messages = cluster.Messages;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = CoreTime.Now;
        var measured = pods[warm..];
        var placed = cluster.Place(measured);
        var took = CoreTime.Now - clock;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (news is not null)
            foreach (var row in cluster.Tables.All()) news.Add(Listener.Encode(row));
        return new Auctioned(cluster, pods.Length, placed / took.TotalSeconds, (double)allocated / placed, (double)(cluster.Messages - messages) / placed, measured.Length - placed);
    }

    static double Central(Workload workload, int nodes, bool sampled)
    {
        var cluster = Prepare(workload, nodes, filled: false, out var pods);
        var central = new CentralScheduler(cluster, sampled);
        var measured = pods[..Math.Min(pods.Length, BaselineLooks / nodes / (workload.LowEach + 1))];
        central.Place(measured[..(measured.Length / 4)]);
        var clock = CoreTime.Now;
        var placed = central.Place(measured[(measured.Length / 4)..]);
        return placed / (CoreTime.Now - clock).TotalSeconds;
    }

    static BenchCluster Prepare(Workload workload, int nodes, bool filled, out PodId[] pods)
    {
        var cluster = new BenchCluster(nodes, workload.Zones);
        var wanted = workload.Wanted(nodes);
        var there = filled ? workload.Filled(nodes) : 0;
        if (workload.LowEach > 0) cluster.Fill(cluster.Want("low", workload.Low, workload.LowEach * nodes));
        if (filled) cluster.Fill(cluster.Want("plain", workload.Plain, Workload.PlainEach * nodes));
        if (there > 0) cluster.Fill(cluster.Want("there", workload.PodTemplate, there), Math.Max(1, nodes / there));
        pods = cluster.Want("ours", workload.PodTemplate, wanted);
        return cluster;
    }
}

/// <param name="PodsPerSecond">The whole cluster's work for a pod, done by one core, with no pod placed before.</param>
/// <param name="FilledPodsPerSecond">The same with many placed already.</param>
/// <param name="BaselinePodsPerSecond">A central scheduler in the same process: all nodes filtered and scored.</param>
/// <param name="SampledPodsPerSecond">The same, with as many nodes as kube-scheduler looks at.</param>
/// <param name="NodePodsPerSecond">One node's share: what it does with the news of every pod, and an n-th of the auctions' work.</param>
/// <param name="AllocatedPerPod">Bytes, of all nodes together, rows and messages included.</param>
/// <param name="HeldPerPod">Bytes of every node's heap: its rows, and what the slot table makes of them.</param>
sealed record Placed(
    string Workload, int Nodes, double PodsPerSecond, double FilledPodsPerSecond, double BaselinePodsPerSecond, double SampledPodsPerSecond,
    double NodePodsPerSecond, double AllocatedPerPod, double HeldPerPod, double HeldAsRowsPerPod, double MessagesPerPod, int Unplaced)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Workload,-24}{Nodes,7}{PodsPerSecond,10:F0}{FilledPodsPerSecond,10:F0}{BaselinePodsPerSecond,10:F0}{SampledPodsPerSecond,10:F0}")
        + string.Create(CultureInfo.InvariantCulture,
        $"{NodePodsPerSecond,10:F0}{AllocatedPerPod,10:F0}{HeldPerPod,8:F0}{HeldAsRowsPerPod,8:F0}{MessagesPerPod,8:F1}{Unplaced,6}");
}
