using System.Collections.Immutable;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Access;
using Gossip.Runtimes.Processes.Containers;
using Gossip.Runtimes.Processes.Isolation;
using Gossip.Runtimes.Processes.Kernel;
using Gossip.Runtimes.Processes.Logs;

namespace Gossip.Runtimes.Processes;

/// <summary>Seeing into a pod, and what it uses.</summary>
/// <remarks>Errors: <see cref="PodAccessException"/>.</remarks>
sealed class PodAccess(ProcessContext context)
{
    const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    int execs;

    public async Task ReadLogsAsync(PodRun run, string container, LogQuery query, Stream output, CancellationToken cancel)
    {
        var pod = PodOf(run);
        CheckContainer(pod, container);
        var folder = ContainerFolder.Of(pod.Folder, container);
        var (path, times) = query.Previous ? (folder.PreviousLogPath, folder.PreviousTimesPath) : (folder.LogPath, folder.TimesPath);
        if (!File.Exists(path))
            throw new PodAccessException(query.Previous
                ? $"container '{container}' of pod '{pod.Launch.Name}' has no earlier attempt"
                : $"container '{container}' of pod '{pod.Launch.Name}' has not started yet");
        var live = query.Previous ? null : pod.Find(container)?.Log;
        await new LogReader(path, times, live, query, output).CopyAsync(cancel).ConfigureAwait(false);
    }

    public Task<int> ExecAsync(PodRun run, string container, ImmutableArray<string> command, PodConsole console, CancellationToken cancel)
    {
        var pod = PodOf(run);
        var running = Running(pod, container);
        if (command.IsDefaultOrEmpty) throw new PodAccessException("no command was given to run");
        var variables = ProcessTable.Variables(running.First!.Value.Pid);
        // Below the container's own mark: it ends with the container, and can be told from it.
        var mark = $"{running.Folder.Path}/exec-{Interlocked.Increment(ref execs)}";
        variables[PodEnvironment.Mark] = mark;
        try
        {
            var spec = pod.Launch.Template.Find(container)!;
            var directory = running.Group is null ? PlainContainer.Directory(spec, running.Folder) : "/";
            var first = running.Group is null
                ? Executable.Find(command[0], variables.GetValueOrDefault("PATH", ""), directory)
                : command[0];
            var clean = CleanStart.Of([first, .. command.Skip(1)], variables);
            var words = running.Group is { } group
                ? IsolatedContainer.Exec(clean, spec, running.Folder, group, pod.Launch.Template.FsGroup)
                    ?? throw DoesNotRun(pod, container)
                : [.. clean];
            return ExecSession.RunAsync(words, start =>
            {
                start.WorkingDirectory = directory;
                start.Environment.Clear();
                foreach (var (name, value) in variables) start.Environment[name] = value;
                if (console.IsTerminal) start.Environment.TryAdd("TERM", "xterm");
            }, console, () => Family.KillAsync(context.Watcher, session: 0, mark), cancel);
        }
        catch (StartError error)
        {
            throw new PodAccessException(error.Message);
        }
    }

    public async Task AttachAsync(PodRun run, string container, PodConsole console, CancellationToken cancel)
    {
        var running = Running(PodOf(run), container);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = ReadLogsAsync(run, container, new LogQuery(Follow: true, Tail: 0), console.Output, cancel); // first, to miss no answer
        var pipe = running.Folder.InputPath;
        var typing = console.Input is { } input && File.Exists(pipe) ? TypeAsync(input, pipe, done.Token) : Task.CompletedTask;
        await reading.ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        await typing.ConfigureAwait(false);
    }

    public Task<ImmutableArray<ContainerUsage>> UsageAsync(PodRun run, CancellationToken cancel)
    {
        var usage = ImmutableArray.CreateBuilder<ContainerUsage>();
        foreach (var container in PodOf(run).Containers())
        {
            if (container.First is null) continue;
            usage.Add(container.Group is { } group
                ? new ContainerUsage(container.Name, group.Cpu, group.Memory, group.Processes().Count)
                : UsageOf(container.Name, container.Family()));
        }
        return Task.FromResult(usage.DrainToImmutable());
    }

    public Task<RuntimeUse?> MeasureAsync(bool countsProcesses, CancellationToken cancel)
    {
        var used = ImmutableArray.CreateBuilder<PodUse>();
        foreach (var (run, pod) in context.Pods)
        {
            cancel.ThrowIfCancellationRequested();
            used.Add(DiskMeter.Measure(run, pod.Folder, pod.Launch.Template, default, countsProcesses ? ProcessesOf(pod) : 0));
        }
        return Task.FromResult<RuntimeUse?>(new RuntimeUse(DiskMeter.RoomOf(context.Root), used.DrainToImmutable()));
    }

    static int ProcessesOf(ProcessPod pod) =>
        pod.Containers().Where(container => container.First is not null)
            .Sum(container => container.Group?.Processes().Count ?? container.Family().Count);

    public async Task CopyOutAsync(PodRun run, string container, string path, Stream tar, CancellationToken cancel)
    {
        var pod = PodOf(run);
        CheckContainer(pod, container);
        var full = Path.GetFullPath(path, ContainerFolder.Of(pod.Folder, container).WorkPath);
        if (pod.Sandbox is null)
        {
            await TarOut.WriteAsync(full, tar, cancel).ConfigureAwait(false);
            return;
        }
        // Only from inside do the container's links lead where it means them to.
        var error = new MemoryStream();
        var name = Path.GetFileName(full) is { Length: > 0 } last ? last : ".";
        string[] command = ["tar", "-cf", "-", "-C", Path.GetDirectoryName(full) ?? "/", "--", name];
        var code = await ExecAsync(run, container, [.. command], new PodConsole(null, tar, error, null), cancel).ConfigureAwait(false);
        if (code != 0) throw new PodAccessException($"cannot copy '{path}': {System.Text.Encoding.UTF8.GetString(error.ToArray()).Trim()}");
    }

    static ContainerUsage UsageOf(string container, List<ProcessStat> family) => new(
        container,
        TimeSpan.FromSeconds(family.Sum(process => (double)process.CpuTicks) / TicksPerSecond),
        new Bytes(family.Sum(process => ProcessTable.OwnMemory(process.Pid))),
        family.Count);

    static async Task TypeAsync(Stream input, string pipe, CancellationToken cancel)
    {
        try
        {
            await using var into = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            await input.CopyToAsync(into, cancel).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Either end has left.
        }
    }

    ProcessPod PodOf(PodRun run) =>
        context.Pods.TryGetValue(run, out var pod) ? pod : throw new PodAccessException("the pod is not on this node (any more)");

    static void CheckContainer(ProcessPod pod, string container)
    {
        if (pod.Launch.Template.Find(container) is null)
        {
            var names = string.Join(", ", pod.Launch.Template.AllContainers.Select(spec => spec.Name));
            throw new PodAccessException($"pod '{pod.Launch.Name}' has no container '{container}'; it has {names}");
        }
    }

    static ContainerProcess Running(ProcessPod pod, string container)
    {
        CheckContainer(pod, container);
        return pod.Find(container) is { First: not null } running ? running : throw DoesNotRun(pod, container);
    }

    static PodAccessException DoesNotRun(ProcessPod pod, string container) =>
        new($"container '{container}' of pod '{pod.Launch.Name}' does not run");
}
