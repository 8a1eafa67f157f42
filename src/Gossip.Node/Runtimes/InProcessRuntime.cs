using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Node.Runtimes;

/// <summary>
/// Runs pods as code of the host app, named by their container's image. Returning is exit code 0, an exception is 1; a stop
/// cancels the token. Code that ignores its token cannot be killed: after the grace it is given up, and ends with the process.
/// </summary>
/// <param name="ip">The node's own address: workloads share it.</param>
sealed class InProcessRuntime(WorkloadHost host, string ip) : IPodRuntime
{
    sealed class Running(PodLaunch launch)
    {
        public readonly PodLaunch Launch = launch;
        public readonly long Since = Stopwatch.GetTimestamp();
        public readonly Dictionary<string, WorkloadRun> Containers = new(StringComparer.Ordinal);
    }

    /// <summary>What code has at least, also where there is no time left: enough for a token that is obeyed.</summary>
    static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<PodRun, Running> pods = [];
    readonly CancellationTokenSource hurry = new();
    IPodReports reports = null!;

    public ImmutableArray<string> Classes => [RuntimeNames.InProcess];
    public Labels NodeLabels => Labels.Empty;

    /// <summary>Code ends with its process: nothing survives.</summary>
    public Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        this.reports = reports;
        return Task.FromResult(ImmutableArray<SurvivingPod>.Empty);
    }

    public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        var unknown = launch.Template.AllContainers.FirstOrDefault(container => host.Workloads.Find(container.Image) is null);
        if (unknown is not null)
            reports.Report(new PodFailed(launch.Pod, "NoWorkload", $"this host app has no workload named {unknown.Image}"));
        else
        {
            pods.TryAdd(launch.Pod, new Running(launch));
            reports.Report(new PodPrepared(launch.Pod, ip));
        }
        return Task.CompletedTask;
    }

    public Task StartContainerAsync(PodRun pod, ContainerStart start, CancellationToken cancel)
    {
        var (container, attempt) = (start.Container, start.Attempt);
        if (!pods.TryGetValue(pod, out var running) || running.Launch.Template.Find(container) is not { } spec
            || host.Workloads.Find(spec.Image) is not { } workload)
        {
            reports.Report(
                new ContainerExited(pod, container, attempt, 128, "StartError", "the pod is not prepared here", Loop.Clocks.Read().Wall));
            return Task.CompletedTask;
        }
        lock (running.Containers)
        {
            if (running.Containers.TryGetValue(container, out var already) && !already.HasEnded)
            {
                reports.Report(already.Report); // it runs: asked twice
                return Task.CompletedTask;
            }
            var started = new ContainerStarted(pod, container, attempt, Loop.Clocks.Read().Wall);
            reports.Report(started);
            var run = running.Containers[container] = new WorkloadRun(host, workload, running.Launch, started, reports);
            run.Start(attempt == 0 ? running.Since : Stopwatch.GetTimestamp());
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel)
    {
        if (pods.TryGetValue(pod, out var running))
        {
            await EndAsync(running, grace).ConfigureAwait(false);
            pods.TryRemove(pod, out _);
        }
        reports.Report(new PodStopped(pod));
    }

    /// <summary>Code has no files of its own.</summary>
    public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => Task.CompletedTask;

    public async Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel)
    {
        if (!pods.TryGetValue(pod, out var running)) return;
        WorkloadRun? run;
        lock (running.Containers) run = running.Containers.GetValueOrDefault(container);
        if (run is not null && run.Report.Attempt == attempt) await run.EndAsync(Grace(grace), hurry.Token).ConfigureAwait(false);
    }

    /// <summary>The process is about to end: every grace, of those that wait too, is over in a moment.</summary>
    public void EndGraces() => hurry.CancelAfter(LeastGrace);

    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) =>
        Task.FromException(NoProcess("has no log of its own: it writes where its host app does"));

    public Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) =>
        Task.FromException<int>(NoProcess("cannot run commands"));

    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) =>
        Task.FromException(NoProcess("has no console"));

    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel) =>
        Task.FromException<ImmutableArray<ContainerUsage>>(NoProcess("is not accounted for apart from its host app"));

    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) =>
        Task.FromException(NoProcess("has no files of its own"));

    public async ValueTask DisposeAsync()
    {
        EndGraces();
        await Task.WhenAll(pods.Values.Select(running => EndAsync(running, LeastGrace))).ConfigureAwait(false);
        pods.Clear();
    }

    async Task EndAsync(Running running, TimeSpan grace)
    {
        WorkloadRun[] runs;
        lock (running.Containers) runs = [.. running.Containers.Values];
        await Task.WhenAll(runs.Select(run => run.EndAsync(Grace(grace), hurry.Token))).ConfigureAwait(false);
    }

    static TimeSpan Grace(TimeSpan grace) => grace > LeastGrace ? grace : LeastGrace;

    static PodAccessException NoProcess(string what) => new($"this pod is code inside its host app: it {what}");
}
