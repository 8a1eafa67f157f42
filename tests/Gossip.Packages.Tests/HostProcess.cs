using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Gossip.Packages.Tests;

/// <summary>An app that runs until it is told to end. Whatever happens, it does not outlive the test.</summary>
sealed partial class HostProcess : IAsyncDisposable
{
    const int Sigterm = 15;

    readonly Process process;
    readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    readonly List<string> all = []; // what it printed
    readonly List<string> seen = []; // what was read of it
    int ended; // outputs, of two

    public HostProcess(string folder, IEnumerable<string> environment, string file, params IEnumerable<string> arguments)
    {
        process = new Process { StartInfo = Command.Plan(folder, environment, file, arguments) };
        process.OutputDataReceived += (_, said) => Take(said.Data);
        process.ErrorDataReceived += (_, said) => Take(said.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Waits until it has printed a line with each of these.</summary>
    public async Task PrintsAsync(TimeSpan within, params string[] words)
    {
        foreach (var word in words.Where(word => !seen.Any(line => line.Contains(word, StringComparison.Ordinal))))
        {
            await LineAsync(within, word);
        }
    }

    /// <summary>Waits until it prints a line that holds the given words, and returns it.</summary>
    public async Task<string> LineAsync(TimeSpan within, string words)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(within);
        try
        {
            while (true)
            {
                var line = await lines.Reader.ReadAsync(cancel.Token);
                seen.Add(line);
                if (line.Contains(words, StringComparison.Ordinal)) return line;
            }
        }
        catch (Exception end) when (end is OperationCanceledException or ChannelClosedException)
        {
            Assert.Fail($"never printed {words}, but:\n{Printed()}");
            throw;
        }
    }

    /// <summary>Sends SIGTERM and waits until it is gone. Fails when it took longer, or did not end with 0.</summary>
    public async Task EndsAsync(TimeSpan within)
    {
        Assert.Equal(0, Kill(process.Id, Sigterm));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(within);
        try
        {
            await process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"still runs {within.TotalSeconds} s after SIGTERM:\n{Printed()}");
        }
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}:\n{Printed()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    string Printed()
    {
        lock (all) return string.Join("\n", all);
    }

    void Take(string? line)
    {
        if (line is null)
        {
            if (Interlocked.Increment(ref ended) == 2) lines.Writer.Complete();
            return;
        }
        lock (all) all.Add(line);
        lines.Writer.TryWrite(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
