using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Docker.DotNet;
using Docker.DotNet.Models;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Docker;

/// <summary>Seeing into containers through the engine: what it streams, passed on.</summary>
sealed class ContainerAccess(Engine engine)
{
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    public async Task ReadLogsAsync(string id, LogQuery query, Stream output, CancellationToken cancel)
    {
        var asked = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Follow = query.Follow,
            Timestamps = query.Timestamps,
            Tail = query.Tail?.ToString(CultureInfo.InvariantCulture) ?? "all",
        };
        if (query.Since is { } since)
            asked.Since = FormattableString.Invariant($"{since.UnixMilliseconds / 1000}.{since.UnixMilliseconds % 1000:000}");
        using var logs = await engine.AskAsync(
            token => engine.Client.Containers.GetContainerLogsAsync(id, asked, token), cancel).ConfigureAwait(false);
        await PassOnAsync(logs.CopyOutputToAsync(Stream.Null, output, output, cancel), cancel).ConfigureAwait(false);
    }

    public async Task<int> ExecAsync(string id, ImmutableArray<string> command, PodConsole console, CancellationToken cancel)
    {
        var exec = await engine.AskAsync(token => engine.Client.Exec.CreateContainerExecAsync(id, new ContainerExecCreateParameters
        {
            AttachStdin = console.Input is not null, AttachStdout = true, AttachStderr = true, TTY = console.IsTerminal, Cmd = [.. command],
        }, token), cancel).ConfigureAwait(false);
        try
        {
            var how = new ContainerExecStartParameters { TTY = console.IsTerminal };
            using var stream = await engine.AskAsync(
                token => engine.Client.Exec.StartContainerExecAsync(exec.ID, how, token), cancel).ConfigureAwait(false);
            Task Resize(ContainerResizeParameters size) => engine.Client.Exec.ResizeExecTtyAsync(exec.ID, size, cancel);
            await JoinAsync(stream, console, stream.CloseWrite, Resize, cancel).ConfigureAwait(false);
            return await ExitCodeAsync(exec.ID, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(id, exec.ID).ConfigureAwait(false);
            throw;
        }
    }

    public async Task AttachAsync(string id, PodConsole console, CancellationToken cancel)
    {
        using var stream = await engine.AskAsync(token => engine.Client.Containers.AttachContainerAsync(id, new ContainerAttachParameters
        {
            Stream = true, Stdin = console.Input is not null, Stdout = true, Stderr = true,
        }, token), cancel).ConfigureAwait(false);
        // Who has nothing more to say may go on listening; the engine would take a closed side for leaving.
        Task Resize(ContainerResizeParameters size) => engine.Client.Containers.ResizeContainerTtyAsync(id, size, cancel);
        await JoinAsync(stream, console, () => { }, Resize, cancel).ConfigureAwait(false);
    }

    public async Task<ContainerUsage> UsageAsync(string id, string name, CancellationToken cancel)
    {
        var last = new Last();
        await engine.AskAsync(async token =>
        {
            var once = new ContainerStatsParameters { Stream = false, OneShot = true };
            await engine.Client.Containers.GetContainerStatsAsync(id, once, last, token).ConfigureAwait(false);
            return true;
        }, cancel).ConfigureAwait(false);
        var memory = last.Stats?.MemoryStats;
        var cached = memory?.Stats is { } parts // cgroup v1, v2
            && (parts.TryGetValue("total_inactive_file", out var bytes) || parts.TryGetValue("inactive_file", out bytes)) ? bytes : 0;
        var used = memory?.Usage ?? 0;
        return new ContainerUsage(
            name, TimeSpan.FromTicks((long)((last.Stats?.CPUStats?.CPUUsage?.TotalUsage ?? 0) / 100)),
            new Bytes((long)(used - Math.Min(used, cached))),
            (int)(last.Stats?.PidsStats?.Current ?? 0));
    }

    public async Task CopyOutAsync(string id, string path, Stream tar, CancellationToken cancel)
    {
        var what = new ContainerPathStatParameters { Path = path };
        var archive = await engine.AskAsync(
            token => engine.Client.Containers.GetArchiveFromContainerAsync(id, what, statOnly: false, token), cancel).ConfigureAwait(false);
        await using var stream = archive.Stream!;
        await PassOnAsync(stream.CopyToAsync(tar, cancel), cancel).ConfigureAwait(false);
    }

    /// <summary>Both ways, until the other side has nothing more to say.</summary>
    static async Task JoinAsync(
        MultiplexedStream stream, PodConsole console, Action typed, Func<ContainerResizeParameters, Task> resize, CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var typing = console.Input is { } input ? TypeAsync(stream, input, typed, both.Token) : Task.CompletedTask;
        var sizing = console.Sizes is { } sizes ? ResizeAsync(sizes, resize, both.Token) : Task.CompletedTask;
        await PassOnAsync(stream.CopyOutputToAsync(Stream.Null, console.Output, console.Error, cancel), cancel).ConfigureAwait(false);
        await both.CancelAsync().ConfigureAwait(false);
        // Nobody reads what is typed after the end.
        await Task.WhenAll(typing, sizing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    static async Task TypeAsync(MultiplexedStream stream, Stream input, Action typed, CancellationToken cancel)
    {
        await stream.CopyFromAsync(input, cancel).ConfigureAwait(false);
        typed();
    }

    static async Task ResizeAsync(ChannelReader<TerminalSize> sizes, Func<ContainerResizeParameters, Task> resize, CancellationToken cancel)
    {
        await foreach (var size in sizes.ReadAllAsync(cancel).ConfigureAwait(false))
            try
            {
                await resize(new ContainerResizeParameters { Height = size.Rows, Width = size.Columns }).ConfigureAwait(false);
            }
            catch (DockerApiException)
            {
                // Too early or too late: the next size will do.
            }
    }

    Task<ContainerExecInspectResponse> InspectAsync(string exec, CancellationToken cancel) =>
        engine.AskAsync(token => engine.Client.Exec.InspectContainerExecAsync(exec, token), cancel);

    async Task<int> ExitCodeAsync(string exec, CancellationToken cancel)
    {
        while (true)
        {
            var state = await InspectAsync(exec, cancel).ConfigureAwait(false);
            if (state is { Running: false, ExitCode: { } code }) return (int)code;
            await Task.Delay(Moment, cancel).ConfigureAwait(false); // its output is closed, its end not yet noticed
        }
    }

    /// <summary>The engine can start a command in a container but not end it: we do, where it is a process of our own machine.</summary>
    async Task KillAsync(string container, string exec)
    {
        try
        {
            var state = await InspectAsync(exec, CancellationToken.None).ConfigureAwait(false);
            if (state is not { Running: true, Pid: > 0 and var pid } || !OperatingSystem.IsLinux()) return;
            // The engine may be on another machine, where the number means another process.
            var groups = await File.ReadAllTextAsync(FormattableString.Invariant($"/proc/{pid}/cgroup")).ConfigureAwait(false);
            if (!groups.Contains(container, StringComparison.Ordinal)) return;
            using var process = Process.GetProcessById((int)pid);
            process.Kill();
        }
        catch (Exception gone) when (gone is EngineFault or IOException or UnauthorizedAccessException or ArgumentException
            or InvalidOperationException or Win32Exception)
        {
        }
    }

    static async Task PassOnAsync(Task copy, CancellationToken cancel)
    {
        try
        {
            await copy.ConfigureAwait(false);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested && Engine.Translate(fault) is { } translated)
        {
            throw translated;
        }
    }

    sealed class Last : IProgress<ContainerStatsResponse>
    {
        public ContainerStatsResponse? Stats { get; private set; }
        public void Report(ContainerStatsResponse value) => Stats = value;
    }
}
