using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Gossip.Simulation;

namespace Gossip.Bench;

/// <summary>
/// A cluster under virtual time, from nothing until every node knows every other: what it costs to simulate. How long
/// it took in virtual time is printed after each size. Two nodes are the baseline. A thousand nodes learn a million
/// records, so each size runs twice only.
/// </summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 0, iterationCount: 2)]
public class ConvergenceBench
{
    Cluster? last;

    [Params(10, 100, 1000)]
    public int Nodes { get; set; }

    [Benchmark(Baseline = true)]
    public ulong TwoNodes() => Cluster.Of(2).Seed(7).ExpectAllMembersAgree().TraceHash;

    [Benchmark]
    public ulong AllNodes()
    {
        last = Cluster.Of(Nodes).Seed(7).ExpectAllMembersAgree();
        return last.TraceHash;
    }

    [GlobalCleanup(Target = nameof(AllNodes))]
    public void Report() =>
        Console.WriteLine($"// {Nodes} nodes agree after {last!.Elapsed.TotalSeconds:0.0} s of virtual time, {last.Events} events");
}
