using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Kubernetes.Tests.Api.Pods;

/// <summary>Says that every pod runs, and shows of it what the test wants.</summary>
sealed class ShownRuntime : IPodRuntime
{
    IPodReports reports = null!;
    int samples;

    public Func<LogQuery, Stream, CancellationToken, Task> Logs { get; set; } = null!;
    public Func<ImmutableArray<string>, PodConsole, CancellationToken, Task<int>> Exec { get; set; } = null!;

    /// <summary>What no test has set yet is refused.</summary>
    public ShownRuntime Anew()
    {
        Logs = (_, _, _) => throw new PodAccessException("no logs");
        Exec = (_, _, _) => throw new PodAccessException("no commands");
        return this;
    }

    public ImmutableArray<string> Classes => [RuntimeNames.Process];
    public Labels NodeLabels => Labels.Empty;

    public Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        this.reports = reports;
        return Task.FromResult<ImmutableArray<SurvivingPod>>([]);
    }

    public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel) =>
        Say(new PodPrepared(launch.Pod, "127.0.0.9"));
    public Task StartContainerAsync(PodRun pod, ContainerStart start, CancellationToken cancel) =>
        Say(new ContainerStarted(pod, start.Container, start.Attempt, new WallTime(1)));
    public Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel) => Say(new PodStopped(pod));

    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) =>
        Logs(query, output, cancel);
    public Task<int> ExecAsync(
        PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) =>
        Exec(command, console, cancel);
    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) =>
        Exec([container], console, cancel);
    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) =>
        Logs(new LogQuery(), tar, cancel);

    /// <summary>A tenth of a second more with every look.</summary>
    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel)
    {
        var used = TimeSpan.FromSeconds(5) + TimeSpan.FromMilliseconds(100 * Interlocked.Increment(ref samples));
        return Task.FromResult<ImmutableArray<ContainerUsage>>([new("main", used, new Bytes(3 << 20), 2)]);
    }

    public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => Task.CompletedTask;
    public Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel) =>
        Task.CompletedTask;
    public ValueTask DisposeAsync() => default;

    Task Say(PodReport report)
    {
        reports.Report(report);
        return Task.CompletedTask;
    }
}
