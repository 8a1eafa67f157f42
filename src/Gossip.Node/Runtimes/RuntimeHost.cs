using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Runtimes.Probing;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Runtimes;

/// <summary>
/// Performs the core's pod commands on the runtimes that they name, in the order of <see cref="PodLane"/>, different pods
/// side by side, and none before every runtime said what survived. Probes and hooks wait for nothing; a stop ends a start
/// that is under way.
/// </summary>
sealed partial class RuntimeHost : IAsyncDisposable
{
    static readonly TimeSpan ImagesEvery = TimeSpan.FromMinutes(1);

    readonly IReadOnlyList<IPodRuntime> runtimes;
    readonly IPodReports reports;
    readonly ILogger logger;
    readonly Lock gate = new();
    readonly Dictionary<PodRun, PodLane> lanes = []; // every pod that may run here
    readonly ConcurrentDictionary<string, string> lost = new(StringComparer.Ordinal); // runtimes by their first class, and why
    readonly Prober prober = new();
    readonly CancellationTokenSource stop = new();
    readonly TaskCompletionSource adopted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RuntimeHost(IReadOnlyList<IPodRuntime> runtimes, IPodReports reports, ILogger logger)
    {
        this.runtimes = runtimes;
        this.reports = reports;
        this.logger = logger;
    }

    /// <summary>Asks every runtime what survived this node's last life, and reports it: the first report that the core gets.</summary>
    public async Task AdoptAsync(CancellationToken cancel)
    {
        var surviving = ImmutableArray.CreateBuilder<SurvivingPod>();
        foreach (var runtime in runtimes)
            try
            {
                surviving.AddRange(await runtime.AdoptAsync(new RuntimeReports(adopted.Task, reports, Hear), cancel).ConfigureAwait(false));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                Broken(runtime.Classes[0], "adopt", fault);
            }
        lock (gate)
            foreach (var pod in surviving) LaneOf(pod.Launch.Pod, pod.Runtime);
        reports.Report(new PodsSurvived(surviving.DrainToImmutable()));
        adopted.TrySetResult();
        var engines = runtimes.Where(runtime => runtime.Classes.Contains(RuntimeNames.Containers, StringComparer.Ordinal)).ToArray();
        if (engines.Length > 0) _ = TellImagesAsync(engines);
        foreach (var runtime in runtimes) _ = MeasureAsync(runtime);
    }

    /// <summary>An image that came or went matters little, and a look costs the engine something.</summary>
    async Task TellImagesAsync(IPodRuntime[] engines)
    {
        try
        {
            HashSet<HeldImage> told = [];
            while (true)
            {
                HashSet<HeldImage> held = [];
                foreach (var engine in engines) held.UnionWith(await engine.ImagesAsync(stop.Token).ConfigureAwait(false));
                if (!held.SetEquals(told)) reports.Report(new ImagesHeld(new NodeImages(told = held)));
                await Task.Delay(ImagesEvery, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            Broken(engines[0].Classes[0], "tell its images", fault);
        }
    }

    async Task MeasureAsync(IPodRuntime runtime)
    {
        try
        {
            await Task.Run(() => new UseMeter(runtime, reports).RunAsync(stop.Token), stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            Broken(runtime.Classes[0], "measure what its pods use", fault);
        }
    }

    public void Perform(PodCommand command)
    {
        if (command is RunAction action)
        {
            _ = ActAfterAsync(adopted.Task, action);
            return;
        }
        if (command is LeasePod lease)
        {
            Extend(lease);
            return;
        }
        lock (gate)
        {
            var lane = LaneOf(command.Pod, command.Runtime);
            var container = command switch
            {
                StartContainer start => start.Start.Container,
                StopContainer end => end.Container,
                _ => null,
            };
            if (command is StopPod) lane.CancelStarts();
            var starting = lane.Starting;
            Task Begin(Task before) => PerformAfterAsync(before, command, starting);
            var task = container is null ? lane.AddForAll(Begin) : lane.AddFor(container, Begin);
            if (command is StopPod)
                _ = task.ContinueWith(_ => Forget(command.Pod, task), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Ends, at once, whatever still runs: for a node whose pods nobody would ever adopt.</summary>
    public async Task StopAllAsync()
    {
        StopPod[] stops;
        lock (gate) stops = [.. lanes.Select(pod => new StopPod(pod.Key, pod.Value.Runtime, TimeSpan.Zero))];
        foreach (var stop in stops) Perform(stop);
        Task[] ends;
        lock (gate) ends = [.. lanes.Values.Select(lane => lane.Last)];
        await Task.WhenAll(ends).ConfigureAwait(false);
    }

    /// <summary>The runtime that serves a class, or null when this node has none.</summary>
    public IPodRuntime? RuntimeOf(string runtimeClass) =>
        runtimes.FirstOrDefault(runtime => runtime.Classes.Contains(runtimeClass, StringComparer.Ordinal));

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
        prober.Dispose();
    }

    PodLane LaneOf(PodRun pod, string runtime)
    {
        if (!lanes.TryGetValue(pod, out var lane)) lanes.Add(pod, lane = new PodLane(runtime, adopted.Task));
        lane.Runtime = runtime;
        return lane;
    }

    async Task PerformAfterAsync(Task before, PodCommand command, CancellationToken starting)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the owner of the node waits for no runtime
        if (stop.IsCancellationRequested) return;
        if (RuntimeOf(command.Runtime) is not { } runtime)
        {
            Answer(command.WithoutRuntime($"this node has no runtime {command.Runtime}", Loop.Clocks.Read().Wall));
            return;
        }
        if (lost.TryGetValue(runtime.Classes[0], out var why))
        {
            Answer(command.WhileLost(why, Loop.Clocks.Read().Wall));
            return;
        }
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, command is StartContainer ? starting : CancellationToken.None);
        try
        {
            if (cancel.IsCancellationRequested) return; // a start whose pod is to stop: the stop is its answer
            await (command switch
            {
                PreparePod prepare => runtime.PrepareAsync(prepare.Launch, prepare.Files, cancel.Token),
                UpdateFiles update => runtime.UpdateFilesAsync(update.Pod, update.Files, cancel.Token),
                StartContainer start => runtime.StartContainerAsync(start.Pod, start.Start, cancel.Token),
                StopContainer one => runtime.StopContainerAsync(one.Pod, one.Container, one.Attempt, one.Grace, cancel.Token),
                StopPod end => runtime.StopAsync(end.Pod, end.Grace, cancel.Token),
                _ => throw new InvariantBroken($"no runtime does {command.GetType().Name}"),
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        catch (Exception fault) // runtimes report instead of throwing; a broken one must not take the node along
        {
            Broken(runtime.Classes[0], command.GetType().Name, fault);
            if (command is not StopPod) Answer(command.WithoutRuntime(fault.Message, Loop.Clocks.Read().Wall));
        }
    }

    /// <summary>At once: a stop that takes its time must not outlive the lease unnoticed.</summary>
    void Extend(LeasePod lease)
    {
        if (RuntimeOf(lease.Runtime) is not { } runtime) return;
        try
        {
            runtime.Lease(lease.Pod, () => lease.Until - Loop.Clocks.Read().Monotonic);
        }
        catch (Exception fault) // then the pod ends in time, and says so
        {
            Broken(runtime.Classes[0], nameof(runtime.Lease), fault);
        }
    }

    async Task ActAfterAsync(Task before, RunAction action)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var outcome = await prober.ActAsync(action, RuntimeOf(action.Runtime), stop.Token).ConfigureAwait(false);
        if (!stop.IsCancellationRequested)
            reports.Report(new ActionEnded(action.Pod, action.Container, action.Attempt, action.Purpose, outcome.Passed, outcome.Message));
    }

    void Answer(PodReport? report)
    {
        if (report is not null) reports.Report(report);
    }

    PodReport Hear(PodReport report)
    {
        if (report is RuntimeLost gone)
        {
            lost[gone.Runtime] = gone.Message;
            return gone with { Classes = ClassesServedBy(gone.Runtime) };
        }
        if (report is RuntimeReturned back)
        {
            lock (gate)
                foreach (var pod in back.Pods) LaneOf(pod.Launch.Pod, pod.Runtime);
            lost.TryRemove(back.Runtime, out _);
        }
        return report;
    }

    /// <summary>Of two runtimes with a class in common the first serves it; losing the other loses none of its pods.</summary>
    ImmutableArray<string> ClassesServedBy(string runtime) =>
        [.. runtimes.SelectMany(each => each.Classes).Distinct(StringComparer.Ordinal).Where(named => RuntimeOf(named)!.Classes[0] == runtime)];

    void Forget(PodRun pod, Task stopped)
    {
        lock (gate)
            if (lanes.TryGetValue(pod, out var lane) && lane.EndsWith(stopped)) lanes.Remove(pod);
    }

    [LoggerMessage(20, LogLevel.Error, "runtime {Runtime} failed to {Action}")]
    partial void Broken(string runtime, string action, Exception fault);
}
