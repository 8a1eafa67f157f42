using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Tests.Runtimes;

/// <summary>What the contract needs a container to do; each runtime has its own way to write such a one.</summary>
public enum Behaviour
{
    /// <summary>Runs until it is asked to end, then does.</summary>
    RunsUntilAsked,
    /// <summary>Runs, and does not end when asked.</summary>
    IgnoresBeingAsked,
    Succeeds,
    /// <summary>Ends at once with <c>PodRuntimeContract.FailureCode</c>.</summary>
    Fails,
}

/// <summary>The promises of <see cref="IPodRuntime"/>. Every runtime's tests derive from it; see also <c>PodProcessContract</c>.</summary>
public abstract class PodRuntimeContract : IAsyncLifetime
{
    protected static readonly TimeSpan Long = TimeSpan.FromMinutes(5); // longer than any test may take
    protected static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    readonly List<PodRun> prepared = [];
    readonly Dictionary<PodRun, string> addresses = [];
    int pods;

    protected IPodRuntime Runtime { get; private set; } = null!;
    protected Reports Reports { get; private set; } = null!;
    protected ImmutableArray<SurvivingPod> Survivors { get; private set; }

    /// <summary>A runtime over the same state each time it is called.</summary>
    protected abstract IPodRuntime Create();

    /// <summary>A container that does as named.</summary>
    protected abstract ContainerSpec Container(string name, Behaviour behaviour);

    /// <summary>Completes when the container is past its own preparations, such as ignoring a signal.</summary>
    protected abstract Task UntilReadyAsync(PodRun pod, string container);

    /// <summary>Exit code of <see cref="Behaviour.Fails"/>.</summary>
    protected virtual int FailureCode => 3;

    public virtual async ValueTask InitializeAsync() => await StartRuntimeAsync();

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var pod in prepared) await Runtime.StopAsync(pod, TimeSpan.Zero, default);
        await Runtime.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task RestartRuntimeAsync()
    {
        await Runtime.DisposeAsync();
        await StartRuntimeAsync();
    }

    async Task StartRuntimeAsync()
    {
        Runtime = Create();
        Reports = new Reports();
        Survivors = await Runtime.AdoptAsync(Reports, default);
    }

    protected PodLaunch Launch(params ContainerSpec[] containers)
    {
        var workload = new Uid(0x60551b, (ulong)++pods);
        var template = new PodTemplate(
            0xfeed, Labels.Of(("app", "web")), Labels.Of(("note", "kept")), [.. containers], Resources.Zero, Labels.Empty, [], [],
            Runtime.Classes[0], "", PodRestartPolicy.Always, Long, null);
        return new PodLaunch(
            new PodRun(new PodId(workload, 0, template.Hash), Epoch.First), $"web-{pods}", "default", workload.ToString(), "node-1", template);
    }

    /// <returns>The pod's address.</returns>
    protected async Task<string> PrepareAsync(PodLaunch launch, params VolumeFiles[] files)
    {
        prepared.Add(launch.Pod);
        await Runtime.PrepareAsync(launch, [.. files], default);
        return addresses[launch.Pod] = (await Reports.Await<PodPrepared>(report => report.Pod == launch.Pod)).Ip;
    }

    protected async Task StartAsync(PodLaunch launch, int attempt = 0)
    {
        foreach (var container in launch.Template.Containers)
            await Runtime.StartContainerAsync(launch.Pod, new ContainerStart(container.Name, attempt,
                [
                    KeyValuePair.Create("POD_IP", addresses.GetValueOrDefault(launch.Pod, "")),
                    .. container.Environment.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)),
                ], []), default);
    }

    protected async Task<PodLaunch> RunAsync(Behaviour behaviour)
    {
        var launch = Launch(Container("main", behaviour));
        await PrepareAsync(launch);
        await StartAsync(launch);
        return launch;
    }

    protected async Task<PodLaunch> RunUntilReadyAsync(Behaviour behaviour)
    {
        var launch = await RunAsync(behaviour);
        await UntilReadyAsync(launch.Pod, "main");
        return launch;
    }

    [Fact]
    public void A_first_life_finds_no_survivors() => Assert.Empty(Survivors);

    [Fact]
    public async Task Preparing_twice_gives_the_same_address()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        var first = await PrepareAsync(launch);
        await Runtime.PrepareAsync(launch, [], default);

        Assert.All(Reports.All, report => Assert.Equal(new PodPrepared(launch.Pod, first), report));
        Assert.Equal(2, Reports.All.Count);
    }

    [Theory]
    [InlineData(Behaviour.Succeeds, "Completed")]
    [InlineData(Behaviour.Fails, "Error")]
    public async Task An_end_is_reported_after_the_start_with_its_exit_code(Behaviour behaviour, string reason)
    {
        var code = behaviour == Behaviour.Fails ? FailureCode : 0;
        var launch = await RunAsync(behaviour);
        var exited = await Reports.Await<ContainerExited>();

        Assert.Equal((launch.Pod, "main", 0, code, reason), (exited.Pod, exited.Container, exited.Attempt, exited.ExitCode, exited.Reason));
        Assert.IsType<ContainerStarted>(Reports.All.Where(report => report is not ContainerProgress).ElementAt(1));
    }

    [Fact]
    public async Task A_container_that_ended_starts_again_as_the_next_attempt()
    {
        var launch = await RunAsync(Behaviour.Fails);
        await Reports.Await<ContainerExited>();
        await StartAsync(launch, attempt: 1);

        await Reports.Await<ContainerStarted>(report => report.Attempt == 1);
        await Reports.Await<ContainerExited>(report => report.Attempt == 1 && report.ExitCode == FailureCode);
    }

    [Fact]
    public async Task Starting_a_running_container_again_changes_nothing()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        var first = await Reports.Await<ContainerStarted>();
        await StartAsync(launch);

        Assert.All(Reports.All.OfType<ContainerStarted>(), report => Assert.Equal(first, report));
        Assert.Empty(Reports.All.OfType<ContainerExited>());
    }

    [Fact]
    public async Task A_container_of_an_unknown_pod_is_reported_as_not_started()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        await StartAsync(launch);

        Assert.Equal("StartError", (await Reports.Await<ContainerExited>()).Reason);
    }

    [Fact]
    public async Task A_container_that_is_asked_to_end_does_so_within_its_grace()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        await Runtime.StopAsync(launch.Pod, Long, default);

        Assert.IsType<PodStopped>(Reports.All[^1]);
        Assert.IsType<ContainerExited>(Reports.All[^2]);
    }

    [Fact]
    public async Task Stopping_is_answered_also_when_there_is_nothing_to_stop()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        var unknown = Launch(Container("main", Behaviour.Succeeds));
        await Runtime.StopAsync(unknown.Pod, TimeSpan.Zero, default);

        Assert.Equal([launch.Pod, launch.Pod, unknown.Pod], Reports.All.OfType<PodStopped>().Select(report => report.Pod));
    }
}
