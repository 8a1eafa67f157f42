using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Node.Tests.Runtimes;

/// <summary>Begins what it is told, says so, and goes on when the test lets it. Stops need no leave.</summary>
sealed class ScriptedRuntime : IPodRuntime
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // a bound for broken code, not a measure

    readonly Lock gate = new();
    readonly List<string> begun = [];
    readonly ConcurrentDictionary<string, TaskCompletionSource> leave = [], begins = [], ends = [];

    public readonly TaskCompletionSource MayAdopt = new();
    public IPodReports? Reports;

    /// <summary>What it finds when it is asked to adopt.</summary>
    public ImmutableArray<SurvivingPod> Survivors = [];

    public ImmutableArray<string> Classes => ["scripted"];
    public Labels NodeLabels => Labels.Empty;

    /// <summary>Everything that it began to do, in order.</summary>
    public IReadOnlyList<string> Begun
    {
        get
        {
            lock (gate) return [.. begun];
        }
    }

    public void Let(params ReadOnlySpan<string> deeds)
    {
        foreach (var deed in deeds) Of(leave, deed).TrySetResult();
    }

    public Task BegunAsync(string deed) => Of(begins, deed).Task.WaitAsync(Patience);
    public Task DoneAsync(string deed) => Of(ends, deed).Task.WaitAsync(Patience);

    public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        Reports = reports;
        await MayAdopt.Task.WaitAsync(cancel);
        return Survivors;
    }

    public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => throw new NotSupportedException("broken on purpose");
    public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => DoAsync("files", cancel);
    public Task StartContainerAsync(PodRun pod, ContainerStart start, CancellationToken cancel) => DoAsync($"start {start.Container} {start.Attempt}", cancel);
    public Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel) => DoAsync($"stop {container} {attempt}", cancel);

    public async Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel)
    {
        var deed = $"stop {pod.Pod.Ordinal}";
        Let(deed);
        await DoAsync(deed, cancel);
        Reports!.Report(new PodStopped(pod));
    }

    public async Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel)
    {
        await DoAsync($"exec {container}", cancel);
        return 0;
    }

    /// <summary>What its pods use; null: it measures nothing.</summary>
    public RuntimeUse? Use;

    public Task<RuntimeUse?> MeasureAsync(bool countsProcesses, CancellationToken cancel) => Task.FromResult(Use);

    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) => throw new NotSupportedException();
    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) => throw new NotSupportedException();
    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel) => throw new NotSupportedException();
    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) => throw new NotSupportedException();
    public ValueTask DisposeAsync() => default;

    async Task DoAsync(string deed, CancellationToken cancel)
    {
        lock (gate) begun.Add(deed);
        Of(begins, deed).TrySetResult();
        await Of(leave, deed).Task.WaitAsync(cancel);
        Of(ends, deed).TrySetResult();
    }

    static TaskCompletionSource Of(ConcurrentDictionary<string, TaskCompletionSource> sources, string deed) =>
        sources.GetOrAdd(deed, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
