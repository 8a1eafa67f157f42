using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Turns;

namespace Gossip.Node.Runtimes;

/// <summary>
/// Runs pods as delegates of the host app, named by their container's image. Returning is exit code 0, an exception is
/// 1; a stop cancels the token. Code that ignores its token cannot be killed: its pod counts as running until it returns.
/// </summary>
/// <param name="ip">The node's own address: delegates share it.</param>
sealed class InProcessRuntime(IReadOnlyDictionary<string, Func<CancellationToken, Task>> workloads, string ip) : IPodRuntime
{
    sealed class Running(PodLaunch launch)
    {
        public readonly PodLaunch Launch = launch;
        public readonly Dictionary<string, Copy> Containers = new(StringComparer.Ordinal);
    }

    /// <summary>One attempt of one container.</summary>
    sealed record Copy(Task Task, ContainerStarted Report, CancellationTokenSource Stop)
    {
        public async Task EndAsync()
        {
            await Stop.CancelAsync().ConfigureAwait(false);
            await Task.ConfigureAwait(false);
        }
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
        var unknown = launch.Template.AllContainers.FirstOrDefault(container => !workloads.ContainsKey(container.Image));
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
        if (!pods.TryGetValue(pod, out var running) || running.Launch.Template.Find(container) is not { } spec)
        {
            reports.Report(new ContainerExited(pod, container, attempt, 128, "StartError", "the pod is not prepared here", Now()));
            return Task.CompletedTask;
        }
        lock (running.Containers)
        {
            if (running.Containers.TryGetValue(container, out var already) && !already.Task.IsCompleted)
            {
                reports.Report(already.Report); // it runs: asked twice
                return Task.CompletedTask;
            }
            var started = new ContainerStarted(pod, container, attempt, Now());
            reports.Report(started);
            var end = new CancellationTokenSource();
            var task = Task.Run(() => RunAsync(pod, container, attempt, workloads[spec.Image], end.Token), CancellationToken.None);
            running.Containers[container] = new Copy(task, started, end);
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

    /// <summary>Delegates have no files of their own.</summary>
    public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => Task.CompletedTask;

    public async Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel)
    {
        if (!pods.TryGetValue(pod, out var running)) return;
        Copy? copy;
        lock (running.Containers) copy = running.Containers.GetValueOrDefault(container);
        if (copy is not null && copy.Report.Attempt == attempt) await copy.EndAsync().ConfigureAwait(false);
    }

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
        Copy[] copies;
        lock (running.Containers) copies = [.. running.Containers.Values];
        await Task.WhenAll(copies.Select(copy => copy.EndAsync())).ConfigureAwait(false);
    }

    static PodAccessException NoProcess(string what) => new($"this pod is code inside its host app: it {what}");

    static WallTime Now() => Loop.Clocks.Read().Wall;
}
