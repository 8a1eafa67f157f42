using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Gossip.Packages.Tests;

/// <summary>An app that runs until it is told to end. Whatever happens, it does not outlive the test.</summary>
sealed partial class HostProcess : IAsyncDisposable
{
    const int Sigterm = 15;

    readonly Process process;
    readonly Stopwatch since = Stopwatch.StartNew();
    readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    readonly List<string> all = [];
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

    /// <summary>Bytes of memory that are its own or shared, as the kernel counts them.</summary>
    public long Resident
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Waits until it has printed a line with each of these; the time from its start to the last of them.</summary>
    public async Task<TimeSpan> PrintsAsync(TimeSpan within, params string[] words)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(within);
        var wanted = words.ToHashSet(StringComparer.Ordinal);
        try
        {
            while (wanted.Count > 0)
            {
                var line = await lines.Reader.ReadAsync(cancel.Token);
                wanted.RemoveWhere(each => line.Contains(each, StringComparison.Ordinal));
            }
            return since.Elapsed;
        }
        catch (Exception end) when (end is OperationCanceledException or ChannelClosedException)
        {
            Assert.Fail($"never printed {string.Join(" nor ", wanted)}, but:\n{Printed()}");
            throw;
        }
    }

    /// <summary>Sends SIGTERM; the time until it was gone. Fails when it took longer, or did not end with 0.</summary>
    public async Task<TimeSpan> EndsAsync(TimeSpan within)
    {
        var asked = Stopwatch.StartNew();
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
        return asked.Elapsed;
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
