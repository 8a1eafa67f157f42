using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Gossip.Core.Leases;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Runtimes.Processes.Logs;
using Gossip.Runtimes.Processes.Network;
using Gossip.Runtimes.Volumes;

namespace Gossip.Runtimes.Processes;

/// <summary>What stands between process pods, and between them and their machine.</summary>
public enum ProcessIsolation : byte
{
    /// <summary><see cref="Namespaces"/> where the node can, else <see cref="None"/>.</summary>
    Auto,
    /// <summary>Nothing: they are plain processes of the node's user.</summary>
    None,
    /// <summary>Linux namespaces and control groups; needs root.</summary>
    Namespaces,
}

/// <summary>How a node runs process pods.</summary>
/// <param name="Folder">Where pods are kept, one folder each; with the same folder, the next life of the node adopts them.</param>
/// <param name="Node">Decides from which part of a range the pods have their addresses.</param>
/// <param name="Note">Takes what a person watching the node would want to read.</param>
/// <param name="LogLimit">Bytes of a container's log that are kept, at most and about.</param>
public sealed record ProcessRuntimeOptions(
    string Folder, NodeId Node, Action<NodeNote>? Note = null, long LogLimit = ContainerLog.DefaultLimit)
{
    /// <summary>How far pods are isolated from the machine and from each other.</summary>
    public ProcessIsolation Isolation { get; init; }

    /// <summary>The machine's address, for pods that ask for its network.</summary>
    public string HostAddress { get; init; } = "127.0.0.1";

    /// <summary>Files and folders that isolated pods do not see, beside <see cref="Folder"/>: the node's data, its key.</summary>
    public ImmutableArray<string> Hidden { get; init; } = [];
}

/// <summary>
/// Runs the containers of a pod as processes of this machine, each in a session of its own, each pod with its own address.
/// As root on Linux pods are isolated by namespaces and control groups; otherwise they are plain processes: a pod sees the
/// machine's files and processes, and limits of cpu and memory are counted by the scheduler but not enforced.
/// </summary>
/// <remarks>Disposing it leaves the pods running, as does the death of the node. See <c>docs/process-runtime.md</c>.</remarks>
public sealed partial class ProcessRuntime : IPodRuntime
{
    /// <summary>The label by which a node says how far it isolates: <c>none</c> or <c>namespaces</c>.</summary>
    public const string IsolationLabel = "gossip.dev/process-isolation";

    readonly ProcessRuntimeOptions options;
    readonly string root;
    readonly PodAddresses addresses;
    readonly CgroupTree? groups;
    readonly bool isolates;
    readonly ImmutableArray<string> hidden;
    readonly ConcurrentDictionary<PodRun, ProcessPod> pods = new();
    readonly ProcessWatcher watcher;
    readonly LogWatcher logs;

    // What a start waits for is the kernel and small programs: more of them at once make none earlier, and hold a thread each.
    readonly SemaphoreSlim turns = new(2 * Environment.ProcessorCount);
    IPodReports? reports;

    /// <summary>Finds out whether the machine can isolate pods.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine cannot; ask <see cref="Obstacle"/> first.</exception>
    public ProcessRuntime(ProcessRuntimeOptions options)
    {
        if (Obstacle(options.Isolation) is { } obstacle) throw new PlatformNotSupportedException(obstacle);
        this.options = options;
        root = VolumeCalls.RealPath(options.Folder);
        hidden = [.. options.Hidden.IsDefault ? [] : options.Hidden, root];
        groups = IsolationTools.FindGroups(root);
        var missing = options.Isolation == ProcessIsolation.None ? "" : IsolationTools.Obstacle(root);
        if (hidden.Select(VolumeCalls.RealPath).Contains("/")) missing ??= "isolating pods needs a data folder other than /";
        isolates = missing is null;
        if (options.Isolation == ProcessIsolation.Namespaces && !isolates) throw new PlatformNotSupportedException(missing);
        if (missing is { Length: > 0 })
            Note(NoteLevel.Warning, "PodsNotIsolated", RuntimeNames.Process, $"{missing}; process pods run as plain processes");
        addresses = new PodAddresses(options.Node, isolates ? AddressRange.Shared : AddressRange.Loopback);
        watcher = new ProcessWatcher();
        logs = new LogWatcher((path, fault) => Note(NoteLevel.Warning, "LogNotWatched", path, fault));
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
    public Labels NodeLabels => Labels.Of((IsolationLabel, isolates ? "namespaces" : "none"));

    /// <summary>Why process pods cannot run on this machine, and what to do about it; null when they can.</summary>
    public static string? Obstacle(ProcessIsolation isolation = ProcessIsolation.Auto) =>
        ContainerShell.Obstacle() ?? (isolation == ProcessIsolation.Namespaces ? IsolationTools.Obstacle("/") : null);

    /// <summary>Where a container's output goes; the file may not exist (yet, or any more).</summary>
    public string LogPath(PodRun pod, string container) => ContainerFolder.Of(PodFolder.Of(root, pod), container).LogPath;

    /// <inheritdoc/>
    public async Task StartContainerAsync(PodRun run, ContainerStart asked, CancellationToken cancel)
    {
        var (container, attempt) = (asked.Container, asked.Attempt);
        try
        {
            if (!pods.TryGetValue(run, out var pod)) throw new StartError(StartError.Invalid, "the pod is not prepared on this node");
            var spec = pod.Launch.Template.Find(container)
                ?? throw new StartError(StartError.Invalid, $"the pod has no container '{container}'");
            if (pod.Find(container) is { } last && (last.Exit is null || last.Attempt >= attempt))
            {
                RepeatNews(run, last);
                return;
            }
            if (spec.Command.IsDefaultOrEmpty)
            {
                throw new StartError(StartError.Invalid, $"container '{container}' names an image but no command, and the process runtime runs "
                    + "programs of the node itself: give it a `command`, or take `runtimeClassName: process` out for a node with a container engine");
            }
            pod.Put(await StartAsync(pod, spec, asked).ConfigureAwait(false));
            Report(new ContainerStarted(run, container, attempt, pod.Find(container)!.StartedAt));
            Follow(run, pod.Find(container)!);
        }
        catch (StartError error)
        {
            Report(new ContainerExited(run, container, attempt, error.ExitCode, StartError.Reason, error.Message, Now()));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or VolumeError)
        {
            Report(new ContainerNotStarted(run, container, attempt, "CreateContainerError", fault.Message, Now())); // disk full …
        }
    }

    async Task<ContainerProcess> StartAsync(ProcessPod pod, ContainerSpec spec, ContainerStart asked)
    {
        await turns.WaitAsync().ConfigureAwait(false);
        try
        {
            return await StartNowAsync(pod, spec, asked).ConfigureAwait(false);
        }
        finally
        {
            turns.Release();
        }
    }

    async Task<ContainerProcess> StartNowAsync(ProcessPod pod, ContainerSpec spec, ContainerStart asked)
    {
        var folder = ContainerFolder.Of(pod.Folder, spec.Name);
        folder.Begin();
        var log = new ContainerLog(folder.LogPath, folder.TimesPath, options.LogLimit);
        try
        {
            logs.Add(log);
            var group = GroupOf(pod, spec.Name);
            if (group is null) await PlainContainer.StartAsync(asked, spec, folder, pod.Volumes, PodLease.Of(pod)).ConfigureAwait(false);
            else await IsolatedContainer.StartAsync(asked, spec, folder, pod, pod.Sandbox!, group, hidden).ConfigureAwait(false);
            var start = folder.ReadStart();
            Check.That(start?.Process is not null); // the shell said that it wrote it
            return new ContainerProcess(spec.Name, asked.Attempt, start.At, folder, start.Process, group, log);
        }
        catch
        {
            logs.Remove(log);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task StopContainerAsync(PodRun run, string container, int attempt, TimeSpan grace, CancellationToken cancel)
    {
        if (pods.TryGetValue(run, out var pod) && pod.Find(container) is { Exit: null } running && running.Attempt == attempt)
            await EndAsync(pod, [running], grace, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task StopAsync(PodRun run, TimeSpan grace, CancellationToken cancel)
    {
        if (pods.TryGetValue(run, out var pod))
        {
            await EndAsync(pod, pod.Containers(), grace, cancel).ConfigureAwait(false);
            pod.HostPorts?.Dispose();
            await FreeAsync(pod.Folder, pod.Ip).ConfigureAwait(false);
            pods.TryRemove(run, out _);
            if (pods.IsEmpty) groups?.RemoveEmpty();
        }
        Report(new PodStopped(run));
    }

    /// <inheritdoc/>
    public void Lease(PodRun run, Func<TimeSpan> left)
    {
        if (!pods.TryGetValue(run, out var pod)) return; // not yet, or not any more
        try
        {
            PodLease.Extend(pod, left);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Note(NoteLevel.Warning, "LeaseNotExtended", pod.Launch.Name, fault.Message); // so it ends in time
        }
    }

    /// <inheritdoc/>
    public Task UpdateFilesAsync(PodRun run, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        if (!pods.TryGetValue(run, out var pod)) return Task.CompletedTask;
        try
        {
            pod.Volumes.Update(files);
        }
        catch (VolumeError error)
        {
            Note(NoteLevel.Warning, "FilesNotUpdated", pod.Launch.Name, error.Message);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var pod in pods.Values) pod.HostPorts?.Dispose();
        if (pods.IsEmpty) groups?.RemoveEmpty();
        watcher.Dispose();
        logs.Dispose();
    }

    void Follow(PodRun run, ContainerProcess container) => _ = FollowAsync(run, container);

    async Task FollowAsync(PodRun run, ContainerProcess container)
    {
        try
        {
            var exit = await container.EndAsync(watcher, logs).ConfigureAwait(false);
            Report(ExitOf(run, container, exit));
            container.MarkReported();
        }
        catch (OperationCanceledException)
        {
            // The runtime is disposed; the container goes on, and the next life of the node sees it.
        }
    }

    async Task EndAsync(ProcessPod pod, ContainerProcess[] containers, TimeSpan grace, CancellationToken cancel)
    {
        var running = Array.FindAll(containers, container => !container.Reported.IsCompleted);
        if (running.Length == 0) return;
        var ends = Task.WhenAll(running.Select(container => container.Reported));
        if (grace > TimeSpan.Zero)
        {
            foreach (var container in running) container.Terminate();
            try
            {
                await ends.WaitAsync(grace, cancel).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // The grace is over.
            }
        }
        foreach (var container in running)
        {
            if (!await container.KillAsync(watcher).ConfigureAwait(false))
                Note(NoteLevel.Warning, "ContainerNotKillable", pod.Launch.Name, $"'{container.Name}' hangs in the kernel");
        }
        await ends.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A command that was already obeyed is answered once more.</summary>
    void RepeatNews(PodRun run, ContainerProcess container) => Report(container.Exit is { } exit
        ? ExitOf(run, container, exit)
        : new ContainerStarted(run, container.Name, container.Attempt, container.StartedAt));

    static ContainerExited ExitOf(PodRun run, ContainerProcess container, RecordedExit exit) => new(
        run, container.Name, container.Attempt, exit.Code,
        ReasonOf(container),
        exit.Code > 128 ? $"ended by signal {exit.Code - 128}" : "",
        exit.At);

    static string ReasonOf(ContainerProcess container) => container.Exit?.Code == 0 ? "Completed" : container.IsOutOfMemory ? "OOMKilled" : "Error";

    Cgroup? GroupOf(ProcessPod pod, string container) => pod.Sandbox is null ? null : groups!.Group($"{Path.GetFileName(pod.Folder.Path)}/{container}");

    void Report(PodReport report)
    {
        Check.That(reports is not null); // AdoptAsync comes first
        reports.Report(report);
    }

    void Note(NoteLevel level, string happened, string subject, string detail) =>
        options.Note?.Invoke(new NodeNote(level, happened, subject, detail));

    static WallTime Now() => new(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
}
