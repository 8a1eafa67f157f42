using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Ports;

namespace Gossip.Node.Runtimes;

/// <summary>
/// Runs pods as delegates of the host app, named by their container's image. Returning is exit code 0, an exception is
/// 1; a stop cancels the token. Code that ignores its token cannot be killed: its pod counts as running until it returns.
/// </summary>
/// <param name="ip">The node's own address: delegates share it.</param>
sealed class InProcessRuntime(IReadOnlyDictionary<string, Func<CancellationToken, Task>> workloads, string ip) : IPodRuntime
{
    sealed class Running(PodLaunch launch) : IDisposable
    {
        public readonly PodLaunch Launch = launch;
        public readonly CancellationTokenSource Stop = new();
        public readonly Dictionary<string, (Task Task, ContainerStarted Report)> Containers = new(StringComparer.Ordinal);
        public void Dispose() => Stop.Dispose();
    }

    static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(5);
    const int Terminated = 143; // 128 + SIGTERM, as a process that was asked to stop

    readonly ConcurrentDictionary<PodRun, Running> pods = [];
    IPodReports reports = null!;

    public ImmutableArray<string> Classes => [RuntimeNames.InProcess];
    public Labels NodeLabels => Labels.Empty;

    /// <summary>Delegates end with their process: nothing survives.</summary>
    public Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        this.reports = reports;
        return Task.FromResult(ImmutableArray<SurvivingPod>.Empty);
    }

    public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        var unknown = launch.Template.Containers.FirstOrDefault(container => !workloads.ContainsKey(container.Image));
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
        var spec = pods.TryGetValue(pod, out var running)
            ? running.Launch.Template.Containers.FirstOrDefault(spec => string.Equals(spec.Name, container, StringComparison.Ordinal))
            : null;
        if (spec is null)
        {
            reports.Report(new ContainerExited(pod, container, attempt, 128, "StartError", "the pod is not prepared here", Now()));
            return Task.CompletedTask;
        }
        lock (running!.Containers)
        {
            if (running.Containers.TryGetValue(container, out var already) && !already.Task.IsCompleted)
            {
                reports.Report(already.Report); // it runs: asked twice
                return Task.CompletedTask;
            }
            var started = new ContainerStarted(pod, container, attempt, Now());
            reports.Report(started);
            var task = Task.Run(() => RunAsync(pod, container, attempt, workloads[spec.Image], running.Stop.Token), CancellationToken.None);
            running.Containers[container] = (task, started);
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel)
    {
        if (pods.TryGetValue(pod, out var running))
        {
            await EndAsync(running).ConfigureAwait(false);
            pods.TryRemove(pod, out _);
        }
        reports.Report(new PodStopped(pod));
    }

    public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => Task.CompletedTask;
    public Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel) => throw new NotImplementedException();
    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) => throw new NotImplementedException();
    public Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) => throw new NotImplementedException();
    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) => throw new NotImplementedException();
    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel) => throw new NotImplementedException();
    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) => throw new NotImplementedException();

    public async ValueTask DisposeAsync()
    {
        var ends = Task.WhenAll(pods.Values.Select(EndAsync));
        // Code that ignores its token ends with the process, then.
        await Task.WhenAny(ends, Task.Delay(LastGrace)).ConfigureAwait(false);
        pods.Clear();
    }

    async Task RunAsync(PodRun pod, string container, int attempt, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        var (code, reason, message) = (0, "Completed", "");
        try
        {
            await work(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            code = Terminated;
        }
        catch (Exception failed) // the host app's code: whatever it throws is an exit code
        {
            (code, reason, message) = (1, "Error", $"{failed.GetType().Name}: {failed.Message}");
        }
        reports.Report(new ContainerExited(pod, container, attempt, code, code == 0 ? reason : "Error", message, Now()));
    }

    static async Task EndAsync(Running running)
    {
        await running.Stop.CancelAsync().ConfigureAwait(false);
        Task[] containers;
        lock (running.Containers) containers = [.. running.Containers.Values.Select(container => container.Task)];
        await Task.WhenAll(containers).ConfigureAwait(false);
    }

    static WallTime Now() => Loop.Clocks.Read().Wall;
}
