using Gossip.Core.Pods;

namespace Gossip.Runtimes.Tests;

/// <summary>
/// What a runtime promises whose pods are more than the node's own code: each has an address of its own, can be killed,
/// and outlives the node's process, to be adopted by its next life.
/// </summary>
public abstract class PodProcessContract : PodRuntimeContract
{
    [Fact]
    public async Task A_prepared_pod_has_an_address_that_no_other_pod_has()
    {
        var first = await PrepareAsync(Launch(Container("main", Behaviour.RunsUntilAsked)));
        var second = await PrepareAsync(Launch(Container("main", Behaviour.RunsUntilAsked)));

        Assert.True(System.Net.IPAddress.TryParse(first, out _));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_container_that_does_not_end_when_asked_is_killed_after_its_grace()
    {
        var launch = await RunUntilReadyAsync(Behaviour.IgnoresBeingAsked);
        await Runtime.StopAsync(launch.Pod, Short, default);

        Assert.IsType<PodStopped>(Reports.All[^1]);
        Assert.Equal(137, Assert.IsType<ContainerExited>(Reports.All[^2]).ExitCode);
    }

    [Fact]
    public async Task Without_grace_a_container_is_killed_at_once()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);

        Assert.Equal(137, (await Reports.Await<ContainerExited>()).ExitCode);
    }

    [Fact]
    public async Task A_running_container_is_adopted_with_its_pod_and_watched_again()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        var ip = (await Reports.Await<PodPrepared>()).Ip;
        var started = await Reports.Await<ContainerStarted>();
        await RestartRuntimeAsync();

        var survivor = Assert.Single(Survivors);
        Assert.Equal((Runtime.Classes[0], launch.Pod, ip), (survivor.Runtime, survivor.Launch.Pod, survivor.Ip));
        Assert.Equal(launch.Template.Labels, survivor.Launch.Template.Labels);
        Assert.Equal([new SurvivingContainer("main", 0, started.At, ExitCode: null)], survivor.Containers);
        Assert.Empty(Reports.All);

        await Runtime.StopAsync(launch.Pod, Long, default);
        Assert.IsType<ContainerExited>(Reports.All[0]);
    }

    [Fact]
    public async Task An_end_in_between_two_lives_is_found_with_its_exit_code()
    {
        var launch = await RunAsync(Behaviour.Fails);
        await Reports.Await<ContainerExited>();
        await RestartRuntimeAsync();

        var container = Assert.Single(Assert.Single(Survivors).Containers);
        Assert.Equal(("main", 0, (int?)FailureCode), (container.Name, container.Attempt, container.ExitCode));
        await StartAsync(launch, attempt: 1);
        await Reports.Await<ContainerStarted>(report => report.Attempt == 1);
    }

    [Fact]
    public async Task A_pod_whose_containers_never_started_is_adopted_as_prepared()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        var ip = await PrepareAsync(launch);
        await RestartRuntimeAsync();

        Assert.Equal((ip, 0), (Survivors[0].Ip, Survivors[0].Containers.Length));
        Assert.NotEqual(ip, await PrepareAsync(Launch(Container("main", Behaviour.RunsUntilAsked))));
    }
}
