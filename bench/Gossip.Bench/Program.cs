using BenchmarkDotNet.Running;
using Gossip.Bench.Idle;

if (args is ["idle", .. var rest]) return await IdleBench.RunAsync(asJson: rest.Contains("--json"));
BenchmarkSwitcher.FromAssembly(typeof(IdleBench).Assembly).Run(args);
return 0;
