using System.Diagnostics;
using Gossip.Core.Ports;
using Gossip.Node.Metrics;
using Gossip.Node.Workloads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gossip.Node.Runtimes;

/// <summary>What runs of a host app's code need of it.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Services">Null for a node without a host.</param>
sealed record WorkloadHost(
    WorkloadSet Workloads, string Node, IServiceProvider? Services = null, ILoggerFactory? Loggers = null, NodeMeter? Meter = null)
{
    public ILogger LoggerOf(string workload) => (Loggers ?? NullLoggerFactory.Instance).CreateLogger($"Gossip.Workload.{workload}");
}

/// <summary>One attempt of one container: a run of a workload's code, from the start of its scope to the end of it.</summary>
sealed partial class WorkloadRun(WorkloadHost host, Workload workload, PodLaunch launch, ContainerStarted report, IPodReports reports)
{
    const int Terminated = 143; // 128 + SIGTERM, as a process that was asked to stop
    const int Killed = 137;     // 128 + SIGKILL

    readonly CancellationTokenSource stop = new();
    readonly ILogger logger = host.LoggerOf(workload.Name);
    Task running = Task.CompletedTask;
    int isTold;

    public ContainerStarted Report => report;
    public bool HasEnded => running.IsCompleted;

    /// <param name="since">When the pod was asked for, by <see cref="Stopwatch"/>.</param>
    public void Start(long since)
    {
        var context = new WorkloadContext
        {
            Workload = workload.Name,
            Ordinal = launch.Pod.Pod.Ordinal,
            Copies = host.Workloads.CopiesOf(workload),
            PodName = launch.Name,
            Run = launch.Pod.Epoch.Value,
            Restarts = report.Attempt,
            Node = host.Node,
            Services = NoServices.Instance,
            Logger = logger,
        };
        running = Task.Run(() => RunAsync(context, since), CancellationToken.None);
    }

    /// <summary>Cancels its token and waits for its end; what ignores the token is given up after the grace.</summary>
    /// <param name="hurry">Ends the grace early.</param>
    public async Task EndAsync(TimeSpan grace, CancellationToken hurry)
    {
        if (running.IsCompleted) return;
        using var activity = GossipActivity.Stop(workload.Name, launch.Name);
        _ = CancelAsync();
        try
        {
            await running.WaitAsync(grace, hurry).ConfigureAwait(false);
        }
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            GivenUp(launch.Name, grace.TotalSeconds);
            activity?.SetStatus(ActivityStatusCode.Error, "ignored its token");
            Tell(Killed, "Error", "it did not end within its grace, and was given up");
        }
    }

    /// <summary>What the host app registered on the token is its own code too: it may throw, or take its time.</summary>
    async Task CancelAsync()
    {
        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            Failed(launch.Name, thrown);
        }
    }

    async Task RunAsync(WorkloadContext context, long since)
    {
        var (code, reason, message) = (0, "Completed", "");
        try
        {
            await RunInScopeAsync(context, since).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            (code, reason) = (Terminated, "Error");
        }
        catch (Exception failed) // the host app's code: whatever it throws is an exit code
        {
            Failed(context.PodName, failed);
            (code, reason, message) = (1, "Error", $"{failed.GetType().Name}: {failed.Message}");
            // Of a pod that ended badly the place is free again once its host has left. What runs once has had its run, and that is kept
            // for good.
            if (workload.Options.RestartPolicy == RestartPolicy.Once) code = 0;
        }
        Tell(code, reason, message);
    }

    async Task RunInScopeAsync(WorkloadContext context, long since)
    {
        var scopes = host.Services?.GetService<IServiceScopeFactory>();
        await using var scope = scopes?.CreateAsyncScope() ?? default(AsyncServiceScope?);
        if (scope is { } made) context = context with { Services = made.ServiceProvider };
        using (GossipActivity.Start(workload.Name, launch.Name))
            host.Meter?.WorkloadStarted(workload.Name, Stopwatch.GetElapsedTime(since));
        Begins(context.PodName, context.Run, context.Restarts);
        await workload.Run(context, stop.Token).ConfigureAwait(false);
        if (!stop.IsCancellationRequested) Returned(context.PodName);
    }

    /// <summary>Once: of code that was given up nobody waits for the end.</summary>
    void Tell(int code, string reason, string message)
    {
        if (Interlocked.Exchange(ref isTold, 1) == 0)
            reports.Report(
                new ContainerExited(report.Pod, report.Container, report.Attempt, code, reason, message, Loop.Clocks.Read().Wall));
    }

    sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();
        public object? GetService(Type serviceType) => null;
    }

    [LoggerMessage(60, LogLevel.Information, "{Pod} begins: run {Run}, restarts {Restarts}")]
    partial void Begins(string pod, long run, int restarts);

    [LoggerMessage(61, LogLevel.Information, "{Pod} has returned")]
    partial void Returned(string pod);

    [LoggerMessage(62, LogLevel.Error, "{Pod} failed")]
    partial void Failed(string pod, Exception failure);

    [LoggerMessage(
        63, LogLevel.Error, "{Pod} still runs {Seconds} s after its token was cancelled: it is given up, and ends with this process")]
    partial void GivenUp(string pod, double seconds);
}
