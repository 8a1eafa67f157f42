using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Runtimes;

/// <summary>
/// Performs the core's pod commands on the runtimes that they name: those of one pod one after another, those of
/// different pods side by side, and none before every runtime said what survived.
/// </summary>
sealed partial class RuntimeHost(IReadOnlyList<IPodRuntime> runtimes, IPodReports reports, ILogger logger) : IAsyncDisposable
{
    readonly Lock gate = new();
    readonly Dictionary<PodRun, Task> queues = [];
    readonly Dictionary<PodRun, string> running = []; // and on which runtime
    readonly CancellationTokenSource stop = new();
    readonly TaskCompletionSource adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Asks every runtime what survived this node's last life, and reports it: the first report that the core gets.</summary>
    public async Task AdoptAsync(CancellationToken cancel)
    {
        var surviving = ImmutableArray.CreateBuilder<SurvivingPod>();
        foreach (var runtime in runtimes)
            try
            {
                surviving.AddRange(await runtime.AdoptAsync(new After(adopted.Task, reports), cancel).ConfigureAwait(false));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                Broken(runtime.Classes[0], "adopt", fault);
            }
        lock (gate)
            foreach (var pod in surviving) running[pod.Launch.Pod] = pod.Runtime;
        reports.Report(new PodsSurvived(surviving.DrainToImmutable()));
        adopted.TrySetResult();
    }

    public void Perform(PodCommand command)
    {
        lock (gate)
        {
            if (command is not StopPod) running[command.Pod] = command.Runtime;
            var before = queues.GetValueOrDefault(command.Pod, adopted.Task);
            var task = queues[command.Pod] = PerformAfterAsync(before, command);
            _ = task.ContinueWith(_ => Forget(command.Pod, task), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Ends, at once, whatever still runs: for a node whose pods nobody would ever adopt.</summary>
    public async Task StopAllAsync()
    {
        StopPod[] stops;
        lock (gate) stops = [.. running.Select(pod => new StopPod(pod.Key, pod.Value, TimeSpan.Zero))];
        foreach (var stop in stops) Perform(stop);
        Task[] ends;
        lock (gate) ends = [.. queues.Values];
        await Task.WhenAll(ends).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        foreach (var runtime in runtimes)
            try
            {
                await runtime.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                Broken(runtime.Classes[0], "close", fault);
            }
    }

    async Task PerformAfterAsync(Task before, PodCommand command)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the owner of the node waits for no runtime
        if (stop.IsCancellationRequested) return;
        var runtime = runtimes.FirstOrDefault(runtime => runtime.Classes.Contains(command.Runtime, StringComparer.Ordinal));
        if (runtime is null)
        {
            reports.Report(Failure(command, $"this node has no runtime {command.Runtime}"));
            return;
        }
        try
        {
            await (command switch
            {
                PreparePod prepare => runtime.PrepareAsync(prepare.Launch, prepare.Files, stop.Token),
                UpdateFiles update => runtime.UpdateFilesAsync(update.Pod, update.Files, stop.Token),
                StartContainer start => runtime.StartContainerAsync(start.Pod, start.Start, stop.Token),
                StopContainer one => runtime.StopContainerAsync(one.Pod, one.Container, one.Attempt, one.Grace, stop.Token),
                StopPod end => runtime.StopAsync(end.Pod, end.Grace, stop.Token),
                _ => throw new InvariantBroken($"no runtime does {command.GetType().Name}"),
            }).ConfigureAwait(false);
            if (command is StopPod)
                lock (gate) running.Remove(command.Pod);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception fault) // runtimes report instead of throwing; a broken one must not take the node along
        {
            Broken(runtime.Classes[0], command.GetType().Name, fault);
            if (command is not StopPod) reports.Report(Failure(command, fault.Message));
        }
    }

    /// <summary>What the core hears when a command cannot even be tried. A pod that no runtime knows is stopped.</summary>
    static PodReport Failure(PodCommand command, string message) => command switch
    {
        StartContainer start => new ContainerExited(start.Pod, start.Start.Container, start.Start.Attempt, 128, "StartError", message, Loop.Clocks.Read().Wall),
        StopPod => new PodStopped(command.Pod),
        _ => new PodFailed(command.Pod, "RuntimeError", message),
    };

    void Forget(PodRun pod, Task done)
    {
        lock (gate)
            if (queues.TryGetValue(pod, out var last) && last == done) queues.Remove(pod);
    }

    [LoggerMessage(20, LogLevel.Error, "runtime {Runtime} failed to {Action}")]
    partial void Broken(string runtime, string action, Exception fault);

    /// <summary>Holds back what a runtime reports until the survivors are reported, keeping its order.</summary>
    sealed class After(Task first, IPodReports then) : IPodReports
    {
        readonly Lock gate = new();
        readonly List<PodReport> early = [];
        bool through;

        public void Report(PodReport report)
        {
            lock (gate)
            {
                if (through)
                {
                    then.Report(report);
                    return;
                }
                early.Add(report);
                if (early.Count > 1) return;
            }
            first.ContinueWith(_ => Release(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        void Release()
        {
            lock (gate)
            {
                foreach (var report in early) then.Report(report);
                early.Clear();
                through = true;
            }
        }
    }
}
