using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Gossip.Node.Runtimes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gossip.Node.Tests.Runtimes;

public sealed class RuntimeHostTests
{
    static PodRun Pod(int ordinal) => new(new PodId(new Uid(1, 1), ordinal, 7), Epoch.First);

    /// <summary>Does what it is told when the test lets it.</summary>
    sealed class ScriptedRuntime : IPodRuntime
    {
        readonly Lock gate = new();
        public readonly List<string> Done = [];
        public readonly TaskCompletionSource MayAdopt = new();
        public readonly TaskCompletionSource MayStart = new();
        public IPodReports? Reports;

        public ImmutableArray<string> Classes => ["scripted"];
        public Labels NodeLabels => Labels.Empty;

        public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
        {
            Reports = reports;
            await MayAdopt.Task.WaitAsync(cancel);
            return [];
        }

        public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => throw new NotSupportedException("broken on purpose");

        public async Task StartContainerAsync(PodRun pod, ContainerStart start, CancellationToken cancel)
        {
            await MayStart.Task.WaitAsync(cancel);
            Note($"start {pod.Pod.Ordinal}");
        }

        public Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel)
        {
            Note($"stop {pod.Pod.Ordinal}");
            Reports!.Report(new PodStopped(pod));
            return Task.CompletedTask;
        }

        public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => throw new NotSupportedException();
        public Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel) => throw new NotSupportedException();
        public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) => throw new NotSupportedException();
        public Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) => throw new NotSupportedException();
        public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) => throw new NotSupportedException();
        public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel) => throw new NotSupportedException();
        public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) => throw new NotSupportedException();
        public ValueTask DisposeAsync() => default;

        void Note(string what)
        {
            lock (gate) Done.Add(what);
        }
    }

    readonly ScriptedRuntime runtime = new();
    readonly PodReports reports = new();
    readonly RuntimeHost host;

    public RuntimeHostTests() => host = new RuntimeHost([runtime], reports, NullLogger.Instance);

    [Fact]
    public async Task Survivors_are_reported_before_anything_else()
    {
        var adopting = host.AdoptAsync(default);
        runtime.Reports!.Report(new PodStopped(Pod(1))); // an adopted pod that ends meanwhile
        host.Perform(new StopPod(Pod(2), "scripted", TimeSpan.Zero));
        Assert.Empty(runtime.Done);
        runtime.MayAdopt.SetResult();
        await adopting;

        Assert.IsType<PodsSurvived>(await reports.NextAsync());
        PodReport[] others = [await reports.NextAsync(), await reports.NextAsync()];
        Assert.Contains(new PodStopped(Pod(1)), others);
        Assert.Contains(new PodStopped(Pod(2)), others);
    }

    [Fact]
    public async Task Commands_of_one_pod_wait_for_each_other_and_not_for_other_pods()
    {
        runtime.MayAdopt.SetResult();
        await host.AdoptAsync(default);
        await reports.NextAsync();
        host.Perform(new StartContainer(Pod(1), "scripted", ContainerStart.Bare("main", 0)));
        host.Perform(new StopPod(Pod(1), "scripted", TimeSpan.Zero));
        host.Perform(new StopPod(Pod(2), "scripted", TimeSpan.Zero));

        Assert.Equal(new PodStopped(Pod(2)), await reports.NextAsync());
        runtime.MayStart.SetResult();
        Assert.Equal(new PodStopped(Pod(1)), await reports.NextAsync());
        Assert.Equal(["stop 2", "start 1", "stop 1"], runtime.Done);
    }

    [Fact]
    public async Task A_runtime_that_throws_fails_its_pod_and_nothing_else()
    {
        runtime.MayAdopt.SetResult();
        await host.AdoptAsync(default);
        await reports.NextAsync();
        host.Perform(new PreparePod(Pod(1), "scripted", null!, []));
        Assert.Equal(new PodFailed(Pod(1), "RuntimeError", "broken on purpose"), await reports.NextAsync());
    }

    [Fact]
    public async Task A_runtime_that_this_node_lacks_fails_the_pod_by_name()
    {
        runtime.MayAdopt.SetResult();
        await host.AdoptAsync(default);
        await reports.NextAsync();
        host.Perform(new PreparePod(Pod(1), "wasm", null!, []));
        Assert.Contains("wasm", Assert.IsType<PodFailed>(await reports.NextAsync()).Message, StringComparison.Ordinal);
        host.Perform(new StopPod(Pod(1), "wasm", TimeSpan.Zero));
        Assert.Equal(new PodStopped(Pod(1)), await reports.NextAsync());
    }

    [Fact]
    public async Task Everything_that_was_prepared_or_adopted_can_be_stopped_at_once()
    {
        runtime.MayAdopt.SetResult();
        runtime.MayStart.SetResult();
        await host.AdoptAsync(default);
        host.Perform(new StartContainer(Pod(1), "scripted", ContainerStart.Bare("main", 0)));
        host.Perform(new StartContainer(Pod(2), "scripted", ContainerStart.Bare("main", 0)));
        host.Perform(new StopPod(Pod(2), "scripted", TimeSpan.Zero));
        await host.StopAllAsync();
        Assert.Single(runtime.Done, "stop 1");
    }
}
