using Gossip.Core.Ports;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Processes.Tests;

// Singletons, isolated or not: nothing of one outlives its lease, whoever looks after it.
public abstract partial class ProcessRuntimeFixture
{
    PodLaunch Singleton(string script)
    {
        var plain = Launch(Shell("main", script));
        return plain with { Template = plain.Template with { IsSingleton = true } };
    }

    [Fact]
    public async Task A_singleton_without_a_lease_does_not_start()
    {
        var launch = Singleton("echo ready; sleep 1000");
        await PrepareAsync(launch);
        await Runtime.StartContainerAsync(launch.Pod, ContainerStart.Bare("main", 0), default);
        await UntilAsync(() => Reports.All.Any(report => report is ContainerExited { Reason: "StartError" } or ContainerNotStarted));

        Assert.DoesNotContain("ready", Log(launch.Pod, "main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_singleton_dies_with_its_lease_though_it_ignores_signals_and_nobody_stops_it()
    {
        var launch = Singleton("trap '' TERM; echo ready; sleep 1000");
        await PrepareAsync(launch);
        Runtime.Lease(launch.Pod, () => TimeSpan.FromSeconds(1));
        await StartAsync(launch);

        Assert.Equal(137, (await Reports.Await<ContainerExited>()).ExitCode);
        Assert.Empty(ProcessTable.Members(session: 0, $"GOSSIP_CONTAINER={Path.GetDirectoryName(Runtime.LogPath(launch.Pod, "main"))}"));
    }

    [Fact]
    public async Task A_lease_that_is_renewed_keeps_a_singleton_alive()
    {
        var launch = Singleton("echo ready; while :; do sleep 0.1; echo on; done");
        await PrepareAsync(launch);
        Runtime.Lease(launch.Pod, () => TimeSpan.FromSeconds(1.5));
        await StartAsync(launch);
        await UntilLoggedAsync(launch.Pod, "main", "ready\n");
        Runtime.Lease(launch.Pod, () => TimeSpan.FromMinutes(1));
        await UntilAsync(() => Log(launch.Pod, "main").Split("on").Length > 25);

        Assert.Empty(Reports.All.OfType<ContainerExited>());
    }
}
