using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Node.Runtimes;

namespace Gossip.Node.Tests.Runtimes;

/// <summary>What a runtime can promise that cannot kill; the process runtime's contract asks for more.</summary>
public sealed class InProcessRuntimeTests : IAsyncLifetime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly PodReports reports = new();
    readonly InProcessRuntime runtime;

    public InProcessRuntimeTests() => runtime = new InProcessRuntime(
        new Dictionary<string, Func<CancellationToken, Task>>(StringComparer.Ordinal)
        {
            ["returns"] = _ => Task.CompletedTask,
            ["throws"] = _ => throw new InvalidOperationException("no mail today"),
            ["runs"] = async stop =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, stop);
            },
        }, "127.0.0.1");

    public async ValueTask InitializeAsync() => Assert.Empty(await runtime.AdoptAsync(reports, default));
    public async ValueTask DisposeAsync() => await runtime.DisposeAsync();

    static PodLaunch Launch(string workload)
    {
        var container = new ContainerSpec("main", workload, [], [], [], "", [], Resources.Zero, Resources.Zero);
        var template = new PodTemplate(
            7, Labels.Empty, Labels.Empty, [container], Resources.Zero, Labels.Empty, [], [], RuntimeNames.InProcess, "",
            RestartPolicy.Always, Patience, null);
        return new PodLaunch(new PodRun(new PodId(new Uid(1, 1), 0, 7), Epoch.First), "mailer-0", "default", "uid", "node-1", template);
    }

    async Task<PodLaunch> StartAsync(string workload)
    {
        var launch = Launch(workload);
        await runtime.PrepareAsync(launch, default);
        Assert.Equal(new PodPrepared(launch.Pod, "127.0.0.1"), await reports.NextAsync());
        await runtime.StartContainerAsync(launch.Pod, "main", 0, default);
        Assert.IsType<ContainerStarted>(await reports.NextAsync());
        return launch;
    }

    [Fact]
    public async Task A_delegate_that_returns_exits_with_0()
    {
        await StartAsync("returns");
        Assert.Equal((0, "Completed"), await ExitAsync());
    }

    [Fact]
    public async Task An_unhandled_exception_is_exit_code_1_with_its_message()
    {
        await StartAsync("throws");
        var exited = Assert.IsType<ContainerExited>(await reports.NextAsync());
        Assert.Equal((1, "Error", "InvalidOperationException: no mail today"), (exited.ExitCode, exited.Reason, exited.Message));
    }

    [Fact]
    public async Task A_stop_cancels_the_token_and_is_answered_after_the_exit()
    {
        var launch = await StartAsync("runs");
        await begun.Task.WaitAsync(Patience);
        await runtime.StopAsync(launch.Pod, Patience, default);
        Assert.Equal((143, "Error"), await ExitAsync());
        Assert.Equal(new PodStopped(launch.Pod), await reports.NextAsync());
    }

    [Fact]
    public async Task Starting_a_running_delegate_again_starts_no_second()
    {
        var launch = await StartAsync("runs");
        await runtime.StartContainerAsync(launch.Pod, "main", 0, default);
        Assert.IsType<ContainerStarted>(await reports.NextAsync());
        await runtime.StopAsync(launch.Pod, Patience, default);
        Assert.IsType<ContainerExited>(await reports.NextAsync());
        Assert.IsType<PodStopped>(await reports.NextAsync());
    }

    [Fact]
    public async Task A_workload_that_the_host_app_does_not_have_fails_the_pod_by_name()
    {
        await runtime.PrepareAsync(Launch("unheard-of"), default);
        Assert.Contains("unheard-of", Assert.IsType<PodFailed>(await reports.NextAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_pods_are_answered_too()
    {
        var pod = Launch("runs").Pod;
        await runtime.StartContainerAsync(pod, "main", 0, default);
        Assert.Equal("StartError", Assert.IsType<ContainerExited>(await reports.NextAsync()).Reason);
        await runtime.StopAsync(pod, TimeSpan.Zero, default);
        Assert.Equal(new PodStopped(pod), await reports.NextAsync());
    }

    async Task<(int, string)> ExitAsync()
    {
        var exited = Assert.IsType<ContainerExited>(await reports.NextAsync());
        return (exited.ExitCode, exited.Reason);
    }
}
