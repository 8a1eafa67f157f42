using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Node.Tests.Streams;

/// <summary>A runtime that only shows pods, as the test says.</summary>
sealed class PodStub : IPodRuntime
{
    public const string Class = "stub";

    public Func<LogQuery, Stream, CancellationToken, Task> Logs { get; set; } = (_, _, _) => throw new PodAccessException("no logs");
    public Func<ImmutableArray<string>, PodConsole, CancellationToken, Task<int>> Exec { get; set; } = (_, _, _) => throw new PodAccessException("no commands");

    public ImmutableArray<string> Classes => [Class];
    public Labels NodeLabels => Labels.Empty;

    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) => Logs(query, output, cancel);
    public Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) => Exec(command, console, cancel);
    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) => Exec([], console, cancel);
    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel) => Task.FromResult<ImmutableArray<ContainerUsage>>([new("main", TimeSpan.FromSeconds(pod.Pod.Ordinal), new Bytes(7), 1)]);
    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) => Logs(new LogQuery(), tar, cancel);

    public Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel) => Task.FromResult<ImmutableArray<SurvivingPod>>([]);
    public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => Task.CompletedTask;
    public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => Task.CompletedTask;
    public Task StartContainerAsync(PodRun pod, ContainerStart start, CancellationToken cancel) => Task.CompletedTask;
    public Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel) => Task.CompletedTask;
    public Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel) => Task.CompletedTask;
    public ValueTask DisposeAsync() => default;
}
