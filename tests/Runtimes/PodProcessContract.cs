using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Tests.Runtimes;

/// <summary>
/// What a runtime promises whose pods are more than the node's own code: each has an address of its own, can be killed,
/// and outlives the node's process, to be adopted by its next life.
/// </summary>
public abstract class PodProcessContract : PodAccessContract
{
    protected override ContainerSpec Container(string name, Behaviour behaviour) => Shell(name, behaviour switch
    {
        Behaviour.RunsUntilAsked => "trap 'exit 143' TERM; echo ready; while :; do sleep 0.05; done",
        Behaviour.IgnoresBeingAsked => "trap '' TERM; echo ready; while :; do sleep 1000; done",
        Behaviour.Succeeds => "exit 0",
        _ => "exit 3",
    });

    protected override Task UntilReadyAsync(PodRun pod, string container) => UntilSaidAsync(pod, container, "ready\n");

    [Fact]
    public async Task One_container_is_stopped_and_the_others_run_on()
    {
        var launch = Launch(Container("one", Behaviour.RunsUntilAsked), Container("two", Behaviour.RunsUntilAsked));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await UntilReadyAsync(launch.Pod, "one");
        await UntilReadyAsync(launch.Pod, "two");
        await Runtime.StopContainerAsync(launch.Pod, "one", attempt: 0, Long, default);

        Assert.Equal("one", (await Reports.Await<ContainerExited>()).Container);
        Assert.Equal(0, await RunInAsync(launch.Pod, "two", "true"));
    }

    [Fact]
    public async Task A_container_that_ignores_being_stopped_is_killed_after_its_grace_and_its_pod_stays()
    {
        var launch = await RunUntilReadyAsync(Behaviour.IgnoresBeingAsked);
        await Runtime.StopContainerAsync(launch.Pod, "main", attempt: 0, Short, default);

        Assert.Equal(137, (await Reports.Await<ContainerExited>()).ExitCode);
        Assert.Empty(Reports.All.OfType<PodStopped>());
    }

    [Fact]
    public async Task Stopping_an_attempt_that_is_over_leaves_the_present_one_alone()
    {
        var launch = await RunAsync(Behaviour.Fails);
        await Reports.Await<ContainerExited>();
        await Runtime.StopContainerAsync(launch.Pod, "main", attempt: 0, Long, default);
        await Runtime.StopContainerAsync(launch.Pod, "other", attempt: 0, Long, default);

        Assert.Single(Reports.All.OfType<ContainerExited>());
    }

    [Fact]
    public async Task A_container_gets_the_variables_it_was_started_with()
    {
        var launch = Launch(Shell("main", "echo \"$GREETING|$EMPTY|\"") with { Environment = [new("GREETING", "hello you", null), new("EMPTY", "", null)] });
        await PrepareAsync(launch);
        await StartAsync(launch);
        await Reports.Await<ContainerExited>();

        Assert.Equal("hello you||\n", await LogAsync(launch.Pod, "main"));
    }

    /// <summary>A shell between the node and the program would drop such names.</summary>
    [Fact]
    public async Task Programs_get_variables_of_any_name_also_those_run_beside()
    {
        const string Tell = @"tr '\0' '\n' </proc/self/environ; echo told";
        var launch = Launch(Shell("main", Tell + "; sleep 1000") with
        {
            Environment = [new("http.port", "80 81", null), new("log-level", "debug", null)],
        });
        await PrepareAsync(launch);
        await StartAsync(launch);
        var said = await UntilSaidAsync(launch.Pod, "main", "told\n");
        var beside = new MemoryStream();
        await RunInAsync(launch.Pod, "main", Tell, beside);

        foreach (var told in (string[])[said, System.Text.Encoding.UTF8.GetString(beside.ToArray())])
        {
            Assert.Contains("http.port=80 81\n", told, StringComparison.Ordinal);
            Assert.Contains("log-level=debug\n", told, StringComparison.Ordinal);
        }
    }

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
