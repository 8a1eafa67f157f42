// Each test starts a cluster of processes: side by side they would measure the machine, not the cluster.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
