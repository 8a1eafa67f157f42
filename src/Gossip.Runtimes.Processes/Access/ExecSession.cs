using System.Diagnostics;
using Gossip.Core.Ports;
using Gossip.Runtimes.Processes.Containers;

namespace Gossip.Runtimes.Processes.Access;

/// <summary>
/// A command that somebody runs inside a container, in a session of its own. It ends with its first process: what that
/// leaves behind stays with the container, as it would have in Kubernetes.
/// </summary>
static class ExecSession
{
    // A session's first process that opens a terminal has it as its own.
    const string OnTerminal = """exec <>"$0" >&0 2>&1; exec "$@" """;

    static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(200); // in the pipes when the command ended

    /// <param name="command">The program with its arguments, as <c>setsid</c> is to run it.</param>
    /// <param name="describe">Makes the rest: variables, directory.</param>
    /// <param name="kill">Ends everything that came of it.</param>
    /// <exception cref="PodAccessException">It could not be started.</exception>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> command, Action<ProcessStartInfo> describe, PodConsole console, Func<Task> kill, CancellationToken cancel)
    {
        using var terminal = console.IsTerminal ? new PseudoTerminal() : null;
        if (terminal is not null && console.Sizes!.TryRead(out var size)) terminal.Resize(size);
        using var process = Start(command, describe, terminal);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var exited = process.WaitForExitAsync(cancel);
        try
        {
            Task[] outputs;
            if (terminal is null)
            {
                outputs =
                [
                    CopyAsync(process.StandardOutput.BaseStream, console.Output, exited, done.Token),
                    CopyAsync(process.StandardError.BaseStream, console.Error, exited, done.Token),
                ];
                _ = Quietly(TypeAsync(process.StandardInput, console.Input, done.Token));
            }
            else
            {
                outputs = [terminal.CopyToAsync(console.Output, done.Token)];
                if (console.Input is { } typed) _ = Quietly(terminal.TypeAsync(typed, done.Token));
                _ = Quietly(terminal.FollowSizesAsync(console.Sizes!, done.Token));
            }
            await exited.ConfigureAwait(false);
            await Task.WhenAll(outputs).ConfigureAwait(false);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited) await kill().ConfigureAwait(false);
            await done.CancelAsync().ConfigureAwait(false);
        }
    }

    static Process Start(IReadOnlyList<string> command, Action<ProcessStartInfo> describe, PseudoTerminal? terminal)
    {
        var start = new ProcessStartInfo(ContainerShell.Setsid!)
        {
            UseShellExecute = false,
            RedirectStandardInput = terminal is null,
            RedirectStandardOutput = terminal is null,
            RedirectStandardError = terminal is null,
        };
        if (terminal is not null)
            foreach (var word in (ReadOnlySpan<string>)[ContainerShell.ShellPath, "-c", OnTerminal, terminal.Path]) start.ArgumentList.Add(word);
        foreach (var word in command) start.ArgumentList.Add(word);
        describe(start);
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException)
        {
            throw new PodAccessException($"cannot run '{command[0]}': {fault.Message}");
        }
    }

    static async Task CopyAsync(Stream from, Stream to, Task exited, CancellationToken cancel)
    {
        var buffer = new byte[16 << 10];
        while (true)
        {
            var reading = from.ReadAsync(buffer, cancel).AsTask();
            if (await Task.WhenAny(reading, exited).ConfigureAwait(false) == exited)
                await Task.WhenAny(reading, Task.Delay(LastWords, cancel)).ConfigureAwait(false);
            if (!reading.IsCompleted) return; // the command has ended, and what it left behind holds the pipe
            var read = await reading.ConfigureAwait(false);
            if (read == 0) return;
            await to.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            await to.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    static async Task TypeAsync(StreamWriter writer, Stream? input, CancellationToken cancel)
    {
        await using var into = writer.BaseStream;
        if (input is null) return;
        var buffer = new byte[4 << 10];
        while (await input.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            await into.WriteAsync(buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            await into.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    static async Task Quietly(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Either end has left.
        }
    }
}
