using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Runtimes;
using Gossip.Node.Workloads;
using Gossip.Tests.Runtimes;

namespace Gossip.Node.Tests.Runtimes;

/// <summary>The contract, but for what takes a process: delegates end with the node, share its address, and cannot be killed.</summary>
public sealed class InProcessRuntimeTests : PodRuntimeContract
{
    const string Address = "127.0.0.1";

    readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    readonly TaskCompletionSource ears = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override int FailureCode => 1;

    protected override IPodRuntime Create() => new InProcessRuntime(new WorkloadHost(new WorkloadSet(
    [
        Of(nameof(Behaviour.Succeeds), (_, _) => Task.CompletedTask),
        Of(nameof(Behaviour.Fails), (_, _) => throw new InvalidOperationException("no mail today")),
        Of(nameof(Behaviour.RunsUntilAsked), async (_, stop) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop);
        }),
        Of("Deaf", (_, _) =>
        {
            begun.TrySetResult();
            return ears.Task;
        }),
    ]), "n1"), Address);

    static Workload Of(string name, Func<WorkloadContext, CancellationToken, Task> run) => new(name, 1, new WorkloadOptions(), run);

    protected override ContainerSpec Container(string name, Behaviour behaviour) => Workload(name, behaviour.ToString());

    static ContainerSpec Workload(string name, string image) => new(name, image, [], [], [], "", [], Resources.Zero, Resources.Zero);

    protected override Task UntilReadyAsync(PodRun pod, string container) => begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

    [Fact]
    public async Task A_pod_has_the_address_of_its_node() =>
        Assert.Equal(Address, await PrepareAsync(Launch(Container("main", Behaviour.Succeeds))));

    [Fact]
    public async Task An_unhandled_exception_is_told_by_its_message()
    {
        var launch = Launch(Container("main", Behaviour.Fails));
        await PrepareAsync(launch);
        await StartAsync(launch);
        Assert.Equal("InvalidOperationException: no mail today", (await Reports.Await<ContainerExited>()).Message);
    }

    [Fact]
    public async Task A_stop_cancels_the_token_and_the_exit_is_as_of_a_process_asked_to_stop()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Runtime.StopAsync(launch.Pod, TimeSpan.Zero, default);
        var exited = await Reports.Await<ContainerExited>();
        Assert.Equal((143, "Error"), (exited.ExitCode, exited.Reason));
    }

    [Fact]
    public async Task What_ignores_its_token_is_given_up_after_the_grace_and_heard_no_more()
    {
        var launch = Launch(Workload("main", "Deaf"));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Runtime.StopAsync(launch.Pod, TimeSpan.FromSeconds(1), default);
        Assert.Equal(137, (await Reports.Await<ContainerExited>()).ExitCode);
        Assert.Single(Reports.All.OfType<PodStopped>());
        ears.SetResult();
        await Task.Yield();
        Assert.Single(Reports.All.OfType<ContainerExited>());
    }

    [Fact]
    public async Task One_container_can_be_stopped_while_its_neighbour_runs_on()
    {
        var launch = Launch(Container("main", Behaviour.RunsUntilAsked), Container("other", Behaviour.RunsUntilAsked));
        await PrepareAsync(launch);
        await StartAsync(launch);
        await Runtime.StopContainerAsync(launch.Pod, "main", attempt: 1, TimeSpan.Zero, default); // not the one that runs
        await Runtime.StopContainerAsync(launch.Pod, "main", attempt: 0, TimeSpan.Zero, default);
        Assert.Equal("main", Assert.Single(Reports.All.OfType<ContainerExited>()).Container);
    }

    [Fact]
    public async Task What_only_a_process_has_is_refused_with_the_reason()
    {
        var launch = await RunUntilReadyAsync(Behaviour.RunsUntilAsked);
        var console = new PodConsole(null, Stream.Null, Stream.Null, null);
        await Assert.ThrowsAsync<PodAccessException>(() => Runtime.ReadLogsAsync(launch.Pod, "main", new LogQuery(), Stream.Null, default));
        await Assert.ThrowsAsync<PodAccessException>(() => Runtime.ExecAsync(launch.Pod, "main", ["true"], console, default));
        await Assert.ThrowsAsync<PodAccessException>(() => Runtime.AttachAsync(launch.Pod, "main", console, default));
        await Assert.ThrowsAsync<PodAccessException>(() => Runtime.UsageAsync(launch.Pod, default));
        var refused = await Assert.ThrowsAsync<PodAccessException>(() => Runtime.CopyOutAsync(launch.Pod, "main", "/", Stream.Null, default));
        Assert.Equal("this pod is code inside its host app: it has no files of its own", refused.Message);
    }

    [Fact]
    public async Task A_workload_that_the_host_app_does_not_have_fails_the_pod_by_name()
    {
        await Runtime.PrepareAsync(Launch(Workload("main", "unheard-of")), [], default);
        Assert.Contains("unheard-of", (await Reports.Await<PodFailed>()).Message, StringComparison.Ordinal);
    }
}
