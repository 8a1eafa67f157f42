// Each test starts a cluster of processes: side by side they would measure the machine, not the cluster.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
