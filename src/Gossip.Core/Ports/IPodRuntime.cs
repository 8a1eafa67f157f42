using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Ports;

/// <summary>
/// What turns admitted pods into something that runs. Decisions (order, restarts, back-off, probes) are the core's; a
/// runtime does as told and reports. Every implementation passes <c>PodRuntimeContract</c>.
/// </summary>
/// <remarks>
/// Thread-safe: commands come one after another for one container and for one pod as a whole, at once for different
/// ones. A command does not throw for what the world does; it reports. Only ports speak of tasks: the core never sees one.
/// </remarks>
public interface IPodRuntime : IAsyncDisposable
{
    /// <summary>The runtime classes it serves, its own name first: <c>docker</c>, <c>containers</c>; see <see cref="RuntimeNames"/>.</summary>
    ImmutableArray<string> Classes { get; }

    /// <summary>What a node with this runtime says of itself, such as <c>gossip.dev/process-isolation</c>: <c>none</c>.</summary>
    Labels NodeLabels { get; }

    /// <summary>
    /// Finds what still runs from an earlier life of this node and watches it again. Called once, before any command.
    /// </summary>
    /// <param name="reports">
    /// Where every later report goes, from any thread. A survivor may end, and say so, before this returns: the
    /// driver passes on <see cref="PodsSurvived"/> before any other report.
    /// </param>
    Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel);

    /// <summary>Makes what all containers of a pod share: folder, volumes, network. Ends before the pod's first container starts.</summary>
    Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel);

    /// <summary>Writes files of a pod's volumes anew: their ConfigMap or Secret has changed.</summary>
    Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel);

    /// <param name="cancel">Also when the pod is to stop meanwhile: a pull may take minutes.</param>
    Task StartContainerAsync(PodRun pod, ContainerStart start, CancellationToken cancel);

    /// <summary>Ends one container: the asking signal, then, after the grace, the kill.</summary>
    Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel);

    /// <summary>Ends all of a pod and removes what it had on the machine.</summary>
    Task StopAsync(PodRun pod, TimeSpan grace, CancellationToken cancel);

    /// <summary>Which images it has, in no order; a runtime without images has none.</summary>
    Task<ImmutableArray<HeldImage>> ImagesAsync(CancellationToken cancel) => Task.FromResult(ImmutableArray<HeldImage>.Empty);

    /// <summary>
    /// What all of its pods use of the machine now. It may walk their folders: the driver asks every few seconds, never twice at once.
    /// Null from a runtime whose pods use no disk of their own.
    /// </summary>
    /// <param name="countsProcesses">While the machine is short of processes; else their numbers may be 0.</param>
    Task<RuntimeUse?> MeasureAsync(bool countsProcesses, CancellationToken cancel) => Task.FromResult<RuntimeUse?>(null);

    /// <summary>
    /// Lets nothing of a singleton live beyond that, unless this is called again, even when this process is paused or gone. One
    /// that cannot promise that does nothing: then a singleton is safe only while its node's process lives.
    /// </summary>
    /// <param name="left">How long it is until then. Asked after the clock was read that the promise goes by.</param>
    void Lease(PodRun pod, Func<TimeSpan> left) { }

    // Seeing into a pod. These answer somebody who waits, so they throw a PodAccessException for what cannot be had.

    /// <summary>Writes a container's output as it was, until its end or, when followed, until the container's.</summary>
    Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel);

    /// <summary>Runs a command inside a running container.</summary>
    /// <returns>Its exit code.</returns>
    /// <param name="cancel">Ends the command.</param>
    Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel);

    /// <summary>Joins a console to what the container itself reads and says, until it ends or the caller leaves.</summary>
    Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel);

    /// <summary>What each running container uses, from the runtime's own accounting.</summary>
    Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel);

    /// <summary>Writes a file or folder of a container as a tar archive whose names begin with the last part of the path.</summary>
    Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel);
}

/// <summary>Takes reports in the order in which they happen to one pod.</summary>
public interface IPodReports
{
    /// <summary>Takes one report. It may be called from any thread.</summary>
    void Report(PodReport report);
}
