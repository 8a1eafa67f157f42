using System.CommandLine;
using BenchmarkDotNet.Running;
using Gossip.Bench.Disk;
using Gossip.Bench.Idle;
using Gossip.Bench.Openb;
using Gossip.Bench.Placement;
using Gossip.Bench.PodStart;
using Gossip.Bench.ProcessPods;
using Gossip.Bench.Scale;

var verbs = new RootCommand("What Gossip costs, verb by verb. Without a verb: BenchmarkDotNet's own options, such as --filter '*'.")
{
    IdleBench.Create(), ProcessPodsBench.Create(), PodStartBench.Create(), OpenbBench.Create(), PlacementBench.Create(), ScaleBench.Create(), Chatter.Create(),
    DiskBench.Create(),
};
if (args is ["-h" or "--help"] || args is [var verb, ..] && verbs.Subcommands.Any(known => known.Name == verb)) return await verbs.Parse(args).InvokeAsync();
BenchmarkSwitcher.FromAssembly(typeof(IdleBench).Assembly).Run(args);
return 0;
