using BenchmarkDotNet.Running;
using Gossip.Bench.Idle;
using Gossip.Bench.Openb;
using Gossip.Bench.Placement;
using Gossip.Bench.PodStart;
using Gossip.Bench.ProcessPods;
using Gossip.Bench.Scale;

if (args is ["idle", .. var rest]) return await IdleBench.RunAsync(asJson: rest.Contains("--json"));
if (args is ["processpods", .. var asked]) return await ProcessPodsBench.RunAsync(asJson: asked.Contains("--json"));
if (args is ["openb", .. var traces]) return OpenbBench.Run(traces);
if (args is ["placement", .. var placed]) return PlacementBench.Run(placed);
if (args is ["scale", .. var scaled]) return ScaleBench.Run(scaled);
if (args is ["podstart", ..]) return await PodStartBench.Create().Parse(args[1..]).InvokeAsync();
if (args is ["chatter"]) return Chatter.Run();
BenchmarkSwitcher.FromAssembly(typeof(IdleBench).Assembly).Run(args);
return 0;
