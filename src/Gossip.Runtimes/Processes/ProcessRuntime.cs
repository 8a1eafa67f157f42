using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gossip.Core;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Processes;

/// <summary>How a node runs process pods.</summary>
/// <param name="Folder">Where pods are kept, one folder each; with the same folder, the next life of the node adopts them.</param>
/// <param name="Node">Decides which part of 127.0.0.0/8 the pods have their addresses from.</param>
/// <param name="Note">Takes what a person watching the node would want to read.</param>
/// <param name="LogLimit">Bytes a container's log may have before it becomes <c>log.1</c>.</param>
public sealed record ProcessRuntimeOptions(
    string Folder, NodeId Node, Action<NodeNote>? Note = null, long LogLimit = LogRotation.DefaultLimit);

/// <summary>
/// Runs the containers of a pod as plain processes of this machine, each in a session of its own, each pod with its
/// own loopback address. Needs no privileges, and isolates nothing: a pod sees the machine's files and processes, and
/// limits of cpu and memory are counted by the scheduler but not enforced.
/// </summary>
/// <remarks>Disposing it leaves the pods running, as does the death of the node. See <c>docs/process-runtime.md</c>.</remarks>
public sealed class ProcessRuntime : IPodRuntime
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    readonly ProcessRuntimeOptions options;
    readonly string root;
    readonly LoopbackAddresses addresses;
    readonly ConcurrentDictionary<PodRun, ProcessPod> pods = new();
    readonly ProcessWatcher watcher;
    readonly Timer rotation;
    IPodReports? reports;

    /// <exception cref="PlatformNotSupportedException">This machine cannot; ask <see cref="Obstacle"/> first.</exception>
    public ProcessRuntime(ProcessRuntimeOptions options)
    {
        if (Obstacle() is { } obstacle) throw new PlatformNotSupportedException(obstacle);
        this.options = options;
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));
        addresses = new LoopbackAddresses(options.Node);
        watcher = new ProcessWatcher();
        rotation = new Timer(_ => RotateLogs(), null, LogRotation.Interval, LogRotation.Interval);
    }

    public ImmutableArray<string> Classes => [RuntimeNames.Process];
    public Labels NodeLabels => Labels.Empty;

    /// <summary>Why process pods cannot run on this machine, and what to do about it; null when they can.</summary>
    public static string? Obstacle() => ContainerShell.Obstacle();

    /// <summary>
    /// Kills every process of every pod that any node keeps below a folder, at once and without a word to anybody: what
    /// a pulled plug does to a machine's pods. For demos and tests, after the node itself was killed.
    /// </summary>
    /// <returns>False when something could not be killed in time.</returns>
    public static async Task<bool> EndAllAsync(string folder)
    {
        if (!OperatingSystem.IsLinux()) return true;
        using var watcher = new ProcessWatcher();
        return await Family.KillAllAsync(watcher, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).ConfigureAwait(false);
    }

    /// <summary>Where a container's output goes; the file may not exist (yet, or any more).</summary>
    public string LogPath(PodRun pod, string container) => ContainerFolder.Of(PodFolder.Of(root, pod), container).LogPath;

    public async Task<ImmutableArray<SurvivingPod>> AdoptAsync(IPodReports reports, CancellationToken cancel)
    {
        Check.That(this.reports is null);
        this.reports = reports;
        if (OperatingSystem.IsLinux()) Directory.CreateDirectory(root, OwnerOnly); // variables hold passwords
        var survivors = ImmutableArray.CreateBuilder<SurvivingPod>();
        foreach (var path in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            var folder = new PodFolder(path);
            if (folder.TryRead() is { } file && PodFolder.Of(root, file.Launch.Pod).Path == path)
                survivors.Add(await AdoptAsync(folder, file).ConfigureAwait(false));
            else
                await ClearAsync(folder).ConfigureAwait(false);
        }
        return survivors.DrainToImmutable();
    }

    public Task PrepareAsync(PodLaunch launch, ImmutableArray<VolumeFiles> files, CancellationToken cancel)
    {
        var pod = launch.Pod;
        if (pods.TryGetValue(pod, out var known))
        {
            Report(new PodPrepared(pod, known.Ip));
            return Task.CompletedTask;
        }
        if (launch.Template.AllContainers.FirstOrDefault(container => !PodFolder.IsName(container.Name)) is { } nameless)
        {
            Report(new PodFailed(pod, "InvalidSpec", $"'{nameless.Name}' cannot be the name of a container"));
            return Task.CompletedTask;
        }
        if (addresses.Take() is not { } ip)
        {
            Report(new PodFailed(pod, "NoAddress", "all pod addresses of this node are in use"));
            return Task.CompletedTask;
        }
        var folder = PodFolder.Of(root, pod);
        try
        {
            folder.Write(new PodFile(ip, launch));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            addresses.Free(ip);
            Delete(folder);
            Report(new PodFailed(pod, "StorageError", fault.Message));
            return Task.CompletedTask;
        }
        pods[pod] = new ProcessPod(launch, ip, folder);
        Report(new PodPrepared(pod, ip));
        return Task.CompletedTask;
    }

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
            var folder = ContainerFolder.Of(pod.Folder, container);
            var child = await ContainerShell.StartAsync(asked, spec, folder).ConfigureAwait(false);
            var start = folder.ReadStart();
            Check.That(start?.Process is not null); // the shell said that it wrote it
            var process = new ContainerProcess(container, attempt, start.At, folder, start.Process, child);
            pod.Put(process);
            Report(new ContainerStarted(run, container, attempt, start.At));
            Follow(run, process);
        }
        catch (StartError error)
        {
            Report(new ContainerExited(run, container, attempt, error.ExitCode, StartError.Reason, error.Message, Now()));
        }
    }

    public async Task StopAsync(PodRun run, TimeSpan grace, CancellationToken cancel)
    {
        if (pods.TryGetValue(run, out var pod))
        {
            await EndContainersAsync(pod, grace, cancel).ConfigureAwait(false);
            Delete(pod.Folder);
            pods.TryRemove(run, out _);
            addresses.Free(pod.Ip);
        }
        Report(new PodStopped(run));
    }

    public Task UpdateFilesAsync(PodRun pod, ImmutableArray<VolumeFiles> files, CancellationToken cancel) => throw new NotImplementedException();
    public Task StopContainerAsync(PodRun pod, string container, int attempt, TimeSpan grace, CancellationToken cancel) => throw new NotImplementedException();
    public Task ReadLogsAsync(PodRun pod, string container, LogQuery query, Stream output, CancellationToken cancel) => throw new NotImplementedException();
    public Task<int> ExecAsync(PodRun pod, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel) => throw new NotImplementedException();
    public Task AttachAsync(PodRun pod, string container, PodConsole console, CancellationToken cancel) => throw new NotImplementedException();
    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun pod, CancellationToken cancel) => throw new NotImplementedException();
    public Task CopyOutAsync(PodRun pod, string container, string path, Stream tar, CancellationToken cancel) => throw new NotImplementedException();

    public async ValueTask DisposeAsync()
    {
        await rotation.DisposeAsync().ConfigureAwait(false);
        watcher.Dispose();
    }

    async Task<SurvivingPod> AdoptAsync(PodFolder folder, PodFile file)
    {
        var pod = new ProcessPod(file.Launch, file.Ip, folder);
        var survivors = ImmutableArray.CreateBuilder<SurvivingContainer>();
        foreach (var spec in file.Launch.Template.AllContainers)
        {
            var container = ContainerFolder.Of(folder, spec.Name);
            var start = container.ReadStart();
            var process = new ContainerProcess(spec.Name, start?.Attempt ?? 0, start?.At ?? default, container, start?.Process, child: null);
            if (start is null)
            {
                await process.KillAsync(watcher).ConfigureAwait(false); // the node died between starting it and its record
                continue;
            }
            pod.Put(process);
            if (start.Process is { } first && ProcessTable.Find(first.Pid) is { IsAlive: true } now && now.StartTime == first.StartTime)
            {
                survivors.Add(new SurvivingContainer(spec.Name, start.Attempt, start.At, ExitCode: null));
                Follow(file.Launch.Pod, process);
            }
            else
            {
                var exit = await process.EndAsync(watcher).ConfigureAwait(false);
                process.MarkReported();
                survivors.Add(new SurvivingContainer(spec.Name, start.Attempt, start.At, exit.Code));
            }
        }
        addresses.Keep(file.Ip);
        pods[file.Launch.Pod] = pod;
        return new SurvivingPod(Classes[0], file.Launch, file.Ip, survivors.DrainToImmutable());
    }

    /// <summary>A folder that tells of no pod (cut while it was written, damaged): nothing may run from it.</summary>
    async Task ClearAsync(PodFolder folder)
    {
        Note(NoteLevel.Warning, "pod-folder-unreadable", folder.Path, "ended what ran from it and removed it");
        await Family.KillAllAsync(watcher, folder.Path).ConfigureAwait(false);
        Delete(folder);
    }

    void Follow(PodRun run, ContainerProcess container) => _ = FollowAsync(run, container);

    async Task FollowAsync(PodRun run, ContainerProcess container)
    {
        try
        {
            var exit = await container.EndAsync(watcher).ConfigureAwait(false);
            Report(ExitOf(run, container, exit));
            container.MarkReported();
        }
        catch (OperationCanceledException)
        {
            // The runtime is disposed; the container goes on, and the next life of the node sees it.
        }
    }

    async Task EndContainersAsync(ProcessPod pod, TimeSpan grace, CancellationToken cancel)
    {
        var running = Array.FindAll(pod.Containers(), container => !container.Reported.IsCompleted);
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
                Note(NoteLevel.Warning, "container-not-killable", pod.Launch.Name, $"'{container.Name}' hangs in the kernel");
        }
        await ends.WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A command that was already obeyed is answered once more.</summary>
    void RepeatNews(PodRun run, ContainerProcess container) => Report(container.Exit is { } exit
        ? ExitOf(run, container, exit)
        : new ContainerStarted(run, container.Name, container.Attempt, container.StartedAt));

    static ContainerExited ExitOf(PodRun run, ContainerProcess container, RecordedExit exit) => new(
        run, container.Name, container.Attempt, exit.Code,
        exit.Code == 0 ? "Completed" : "Error",
        exit.Code > 128 ? $"ended by signal {exit.Code - 128}" : "",
        exit.At);

    void Delete(PodFolder folder)
    {
        try
        {
            folder.Delete();
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody did it for us.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Note(NoteLevel.Warning, "pod-folder-remains", folder.Path, fault.Message);
        }
    }

    void RotateLogs()
    {
        foreach (var pod in pods.Values)
        {
            foreach (var container in pod.Containers())
            {
                try
                {
                    LogRotation.Rotate(container.Folder, options.LogLimit);
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
                {
                    Note(NoteLevel.Warning, "log-not-rotated", container.Folder.LogPath, fault.Message);
                }
            }
        }
    }

    void Report(PodReport report)
    {
        Check.That(reports is not null); // AdoptAsync comes first
        reports.Report(report);
    }

    void Note(NoteLevel level, string happened, string subject, string detail) =>
        options.Note?.Invoke(new NodeNote(level, happened, subject, detail));

    static WallTime Now() => new(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
}
