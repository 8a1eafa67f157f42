using System.Collections.Immutable;
using System.Net;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>
/// Runs the containers of a pod as processes of this machine, each in a session of its own, each pod with its own address.
/// As root on Linux pods are isolated by namespaces and control groups; otherwise they are plain processes: a pod sees the
/// machine's files and processes, and limits of cpu and memory are counted by the scheduler but not enforced.
/// </summary>
/// <remarks>Disposing it leaves the pods running, as does the death of the node. See <c>docs/process-runtime.md</c>.</remarks>
public sealed class ProcessRuntime : IPodRuntime
{
    /// <summary>The label by which a node says how far it isolates: <c>none</c> or <c>namespaces</c>.</summary>
    public const string IsolationLabel = "gossip.dev/process-isolation";

    readonly ProcessContext context;
    readonly PodRemover remover;
    readonly PodPreparer preparer;
    readonly ContainerLives containers;
    readonly PodAdopter adopter;
    readonly PodAccess access;

    /// <summary>Finds out whether the machine can isolate pods.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine cannot; ask <see cref="Obstacle"/> first.</exception>
    public ProcessRuntime(ProcessRuntimeOptions options)
    {
        if (Obstacle(options.Isolation) is { } obstacle) throw new PlatformNotSupportedException(obstacle);
        context = new ProcessContext(options);
        remover = new PodRemover(context);
        preparer = new PodPreparer(context, remover);
        containers = new ContainerLives(context);
        adopter = new PodAdopter(context, remover, containers);
        access = new PodAccess(context);
    }

    /// <summary>
    /// For <c>GossipOptions.Runtimes</c>: runs pods of class <c>process</c> on the node's own machine. Where that cannot be, the node's
    /// log says why, and the node does without.
    /// </summary>
    public static Func<RuntimeFacts, IPodRuntime?> OnThisMachine(ProcessIsolation isolation = ProcessIsolation.Auto) => facts =>
    {
        try
        {
            return new ProcessRuntime(new ProcessRuntimeOptions(Path.Combine(facts.Folder, "pods"), facts.Node, facts.Note)
            {
                Isolation = isolation, HostAddress = IPAddress.Parse(facts.Address.Host).ToString(), Hidden = facts.Hidden,
            });
        }
        catch (PlatformNotSupportedException cannot)
        {
            facts.Note(new NodeNote(NoteLevel.Warning, "RuntimeMissing", RuntimeNames.Process, cannot.Message));
            return null;
        }
    };

    /// <inheritdoc/>
    public ImmutableArray<string> Classes => [RuntimeNames.Process];
    /// <inheritdoc/>
    public Labels NodeLabels => Labels.Of((IsolationLabel, context.Isolates ? "namespaces" : "none"));

    /// <summary>Why process pods cannot run on this machine, and what to do about it; null when they can.</summary>
    public static string? Obstacle(ProcessIsolation isolation = ProcessIsolation.Auto) =>
        ContainerShell.Obstacle() ?? (isolation == ProcessIsolation.Namespaces ? IsolationTools.Obstacle("/") : null);

    /// <summary>Where a container's output goes; the file may not exist (yet, or any more).</summary>
    public string LogPath(PodRun pod, string container) => ContainerFolder.Of(PodFolder.Of(context.Root, pod), container).LogPath;

    /// <summary>Down to the <c>pods</c> of a node's data among those of other nodes.</summary>
    static readonly EnumerationOptions FewLevels = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true };

    /// <summary>
    /// Kills every process of every pod that any node keeps below a folder, at once and without a word to anybody: what
    /// a pulled plug does to a machine's pods. For demos and tests, after the node itself was killed.
    /// </summary>
    /// <returns>False when something could not be killed in time.</returns>
    public static async Task<bool> EndAllAsync(string folder)
    {
        if (!OperatingSystem.IsLinux()) return true;
        using var watcher = new ProcessWatcher();
        folder = VolumeCalls.RealPath(folder);
        var all = await Family.KillAllAsync(watcher, folder).ConfigureAwait(false);
        MemoryMounts.UnmountBelow(folder);
        foreach (var root in Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "*", FewLevels).Prepend(folder) : [])
            if (IsolationTools.FindGroups(root) is { } groups)
            {
                foreach (var pod in groups.Pods()) groups.Group(pod).Remove();
                groups.RemoveEmpty();
            }
        return all;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        context.Reports.GoTo(reports);
        return adopter.AdoptAsync(cancel);
    }

    /// <inheritdoc/>
    public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel) =>
        preparer.PrepareAsync(launch, files, cancel);

    /// <inheritdoc/>
    public Task StartContainerAsync(PodRun run, ContainerStart asked, CancellationToken cancel) =>
        containers.StartAsync(run, asked, cancel);

    /// <inheritdoc/>
    public Task StopContainerAsync(PodRun run, string container, int attempt, TimeSpan grace, CancellationToken cancel) =>
        containers.StopAsync(run, container, attempt, grace, cancel);

    /// <inheritdoc/>
    public async Task StopAsync(PodRun run, TimeSpan grace, CancellationToken cancel)
    {
        if (context.Pods.TryGetValue(run, out var pod))
        {
            await containers.EndAsync(pod, pod.Containers(), grace, cancel).ConfigureAwait(false);
            pod.HostPorts?.Dispose();
            await remover.FreeAsync(pod.Folder, pod.Ip).ConfigureAwait(false);
            context.Pods.TryRemove(run, out _);
            if (context.Pods.IsEmpty) context.Groups?.RemoveEmpty();
        }
        context.Reports.Report(new PodStopped(run));
    }

    /// <inheritdoc/>
    public void Lease(PodRun run, Func<TimeSpan> left)
    {
        if (!context.Pods.TryGetValue(run, out var pod)) return; // not yet, or not any more
        try
        {
            PodLease.Extend(pod, left);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            context.Reports.Note(NoteLevel.Warning, "LeaseNotExtended", pod.Launch.Name, fault.Message); // so it ends in time
        }
    }

    /// <inheritdoc/>
    public Task UpdateFilesAsync(PodRun run, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        if (!context.Pods.TryGetValue(run, out var pod)) return Task.CompletedTask;
        try
        {
            pod.Volumes.Update(files);
        }
        catch (VolumeError error)
        {
            context.Reports.Note(NoteLevel.Warning, "FilesNotUpdated", pod.Launch.Name, error.Message);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReadLogsAsync(PodRun run, string container, LogQuery query, Stream output, CancellationToken cancel) =>
        access.ReadLogsAsync(run, container, query, output, cancel);

    /// <inheritdoc/>
    public Task<int> ExecAsync(
        PodRun run, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) =>
        access.ExecAsync(run, container, command, console, cancel);

    /// <inheritdoc/>
    public Task AttachAsync(PodRun run, string container, PodConsole console, CancellationToken cancel) =>
        access.AttachAsync(run, container, console, cancel);

    /// <inheritdoc/>
    public Task CopyOutAsync(PodRun run, string container, string path, Stream tar, CancellationToken cancel) =>
        access.CopyOutAsync(run, container, path, tar, cancel);

    /// <inheritdoc/>
    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun run, CancellationToken cancel) => access.UsageAsync(run, cancel);

    /// <inheritdoc/>
    public Task<RuntimeUse?> MeasureAsync(bool countsProcesses, CancellationToken cancel) => access.MeasureAsync(countsProcesses, cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        context.Dispose();
        return ValueTask.CompletedTask;
    }
}
