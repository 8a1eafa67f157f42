using BenchmarkDotNet.Attributes;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Bench;

/// <summary>One node's share of a preemption: choosing whom a pod of greater priority evicts, among so many on a full node.</summary>
[MemoryDiagnoser]
public class VictimBench
{
    readonly PodTemplate pod = Samples.Pod() with { NodeSelector = Labels.Empty, Requests = new Resources(new MilliCpu(400), new Bytes(256L << 20), default, 1, []) };
    Tenant[] tenants = [];
    NodeFacts node;

    /// <summary>110 is what Kubernetes lets a node have.</summary>
    [Params(10, 110, 1000)]
    public int Pods { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var template = Samples.Pod() with { Requests = new Resources(new MilliCpu(100), new Bytes(64L << 20), default, 1, []) };
        tenants = [.. Enumerable.Range(0, Pods).Select(i => new Tenant(new PodRun(new PodId(new Uid(1, 2), i, 3), Epoch.First), template, i % 7, new Stamp((ulong)i)))];
        var member = Samples.Member(1);
        node = new NodeFacts(member.Name, member.Card.Labels, [], false, ["process"], new Resources(new MilliCpu(100 * Pods), new Bytes((64L << 20) * Pods), default, Pods, []),
            new Resources(default, default, default, 0, []), "", null, 0);
    }

    [Benchmark]
    public int Select() => VictimSelection.Select(pod, 10, new NodeId(1), node, tenants)!.Victims.Length;
}
