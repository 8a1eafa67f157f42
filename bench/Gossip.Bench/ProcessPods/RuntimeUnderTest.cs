using System.Collections.Concurrent;
using System.Diagnostics;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Processes;

namespace Gossip.Bench.ProcessPods;

/// <summary>A process runtime in this process, over a folder of its own.</summary>
sealed class RuntimeUnderTest(ProcessIsolation isolation) : IPodReports, IAsyncDisposable
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(10), Warmth = TimeSpan.FromSeconds(2), Grace = TimeSpan.FromSeconds(1);

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-bench-");
    readonly ConcurrentDictionary<PodRun, bool> started = new();
    ProcessRuntime runtime = null!;
    ulong pods;

    public async Task BeginAsync()
    {
        runtime = new ProcessRuntime(new ProcessRuntimeOptions(folder.FullName, NodeId.Of("bench")) { Isolation = isolation });
        await runtime.AdoptAsync(this, default);
    }

    public void Report(PodReport report)
    {
        if (report is ContainerStarted { Pod: var pod }) started[pod] = true;
    }

    /// <returns>Milliseconds from being told of the pod to its command running, of each.</returns>
    public async Task<List<double>> StartsAsync(int pods)
    {
        await EndAsync(await RunAsync("sleep", "1000")); // the first one pays for compilation
        var times = new List<double>();
        var runs = new List<PodRun>();
        for (var i = 0; i < pods; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            runs.Add(await RunAsync("sleep", "1000"));
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }
        foreach (var run in runs) await EndAsync(run);
        return times;
    }

    /// <returns>Milliseconds by which ending one that does not listen missed the grace, at most.</returns>
    public async Task<double> GraceAsync(int times)
    {
        var furthest = 0.0;
        for (var i = 0; i < times; i++)
        {
            var run = await RunAsync("sh", "-c", "trap '' TERM; while :; do sleep 1000; done");
            await Task.Delay(200);
            var clock = Stopwatch.GetTimestamp();
            await runtime.StopAsync(run, Grace, default);
            furthest = Math.Max(furthest, Math.Abs((Stopwatch.GetElapsedTime(clock) - Grace).TotalMilliseconds));
        }
        return furthest;
    }

    /// <returns>Percent of a core that this process takes while a container says 10,000 lines a second: with nobody listening, and what one listener adds.</returns>
    public async Task<(double Watched, double Followed)> FollowAsync()
    {
        var run = await RunAsync(Environment.ProcessPath!, "chatter");
        await Task.Delay(Warmth);
        var watched = await CpuAsync();
        using var enough = new CancellationTokenSource();
        var following = runtime.ReadLogsAsync(run, "main", new LogQuery(Follow: true, Tail: 0), Stream.Null, enough.Token);
        await Task.Delay(Warmth);
        var followed = await CpuAsync();
        await enough.CancelAsync();
        await following.ContinueWith(_ => { }, TaskScheduler.Default);
        await EndAsync(run);
        return (watched, followed - watched);
    }

    static async Task<double> CpuAsync()
    {
        using var self = Process.GetCurrentProcess();
        var (before, clock) = (self.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(Window);
        self.Refresh();
        return 100 * (self.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(clock);
    }

    async Task<PodRun> RunAsync(params string[] command)
    {
        var container = new ContainerSpec("main", "", [.. command], [], [], "", [], Resources.Zero, Resources.Zero);
        var template = new PodTemplate(
            ++pods, Labels.Empty, Labels.Empty, [container], Resources.Zero, Labels.Empty, [], [], RuntimeNames.Process, "", PodRestartPolicy.Never, Grace, null);
        var run = new PodRun(new PodId(new Uid(1, pods), 0, template.Hash), Epoch.First);
        await runtime.PrepareAsync(new PodLaunch(run, "bench", "default", "", "bench", template), [], default);
        await runtime.StartContainerAsync(run, ContainerStart.Bare("main", 0), default);
        return started.ContainsKey(run) ? run : throw new InvalidOperationException("a pod did not start");
    }

    Task EndAsync(PodRun run) => runtime.StopAsync(run, TimeSpan.Zero, default);

    public async ValueTask DisposeAsync()
    {
        await runtime.DisposeAsync();
        await ProcessRuntime.EndAllAsync(folder.FullName);
        folder.Delete(recursive: true);
    }
}
