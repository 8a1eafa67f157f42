using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Tests.Engines;
using Gossip.Tests.Runtimes;

namespace Gossip.Runtimes.Docker.Tests;

[Collection(DockerCollection.Name)]
public sealed class DockerContractTests(DockerFixture fixture) : EngineContract(fixture.Engine, DockerEngine.Obstacle)
{
    [Fact]
    public async Task An_engine_that_is_killed_and_returns_finds_its_pods_adopted_and_not_restarted()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        var started = await Reports.Await<ContainerStarted>();
        var id = await IdAsync(launch, "main");
        await fixture.Engine.KillEngineAsync();
        Assert.Equal(RuntimeNames.Docker, (await Reports.Await<RuntimeLost>()).Runtime);
        await fixture.Engine.StartEngineAsync();

        var survivor = Assert.Single((await Reports.Await<RuntimeReturned>()).Pods);
        Assert.Equal((launch.Pod, (await Reports.Await<PodPrepared>()).Ip), (survivor.Launch.Pod, survivor.Ip));
        Assert.Equal([new SurvivingContainer("main", 0, started.At, null)], survivor.Containers);
        Assert.Equal(id, await IdAsync(launch, "main"));
        Assert.Empty(Reports.All.OfType<ContainerExited>());
        await Runtime.StopAsync(launch.Pod, Long, default);
        await Reports.Await<ContainerExited>();
    }

    [Fact]
    public async Task What_ended_while_the_engine_was_away_is_part_of_its_return()
    {
        var launch = await RunUntilReadyAsync(Behaviour.IgnoresBeingAsked);
        var pid = (await Engine.Client.Containers.InspectContainerAsync(await IdAsync(launch, "main"))).State!.Pid;
        await fixture.Engine.KillEngineAsync();
        await Reports.Await<RuntimeLost>();
        using (var process = System.Diagnostics.Process.GetProcessById((int)pid)) process.Kill();
        await fixture.Engine.StartEngineAsync();

        var container = Assert.Single(Assert.Single((await Reports.Await<RuntimeReturned>()).Pods).Containers);
        Assert.Equal((0, 137), (container.Attempt, container.ExitCode));
    }

    [Fact]
    public async Task A_stop_that_the_engine_cannot_hear_has_no_answer_and_its_pod_is_a_survivor_to_be_stopped_again()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        await fixture.Engine.KillEngineAsync();
        await Reports.Await<RuntimeLost>();
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        Assert.Empty(Reports.All.OfType<PodStopped>());
        await fixture.Engine.StartEngineAsync();
        Assert.Equal(launch.Pod, Assert.Single((await Reports.Await<RuntimeReturned>()).Pods).Launch.Pod);
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);

        Assert.Single(Reports.All.OfType<PodStopped>());
        Assert.Empty(await ListAsync(launch));
    }

    [Fact]
    public async Task An_image_of_a_private_registry_is_pulled_with_its_credentials()
    {
        await using var registry = new RegistryStub("user", "secret", await TestImage.ToolsTreeAsync());
        var launch = Launch(Shell("main", "echo pulled") with { Image = $"{registry.Host}/private/tools:1" });
        await PrepareAsync(launch);
        await Runtime.StartContainerAsync(launch.Pod, new ContainerStart("main", 0, [], [new RegistryCredential(registry.Host, "user", "wrong")]), default);
        Assert.Equal("ErrImagePull", (await Reports.Await<ContainerNotStarted>()).Reason);
        await Runtime.StartContainerAsync(launch.Pod, new ContainerStart("main", 0, [],
            [new RegistryCredential("registry.other.test", "no", "no"), new RegistryCredential(registry.Host, "user", "secret")]), default);
        await Reports.Await<ContainerExited>();

        Assert.Equal("pulled\n", await LogAsync(launch.Pod, "main"));
        Assert.Equal(["Pulling", "Pulled"], Reports.All.OfType<ContainerProgress>().Select(progress => progress.Reason).TakeLast(2));
    }
}
