using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gossip.Runtimes.Processes;

namespace Gossip.EndToEnd;

/// <summary>What a node is started with; the same again after a kill makes it the same member.</summary>
/// <param name="Data">Its data folder; of a node with a temporary one, a folder that this is below.</param>
/// <param name="Join">A gossip port on loopback; its own is fine.</param>
public sealed record NodeSetup(string Name, string Data, string KeyFile, int Port, int Join, IReadOnlyList<string> More)
{
    /// <summary>Started without <c>--data</c>, and with <see cref="Data"/> as the system's folder for what is temporary.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>All that it is started with, where the usual words do not fit; else null.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    public IEnumerable<string> Arguments => Words ??
    [
        "run", "--name", Name, .. IsTemporary ? [] : (string[])["--data", Data],
        "--key-file", KeyFile, "--cluster", "end-to-end", "--profile", "local",
        "--port", Port.ToString(CultureInfo.InvariantCulture), "--api", "127.0.0.1:0",
        "--join", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Join}"),
        "--cpu", "4", "--memory", "8Gi", .. More.Contains("--docker") ? [] : (string[])["--docker", "none"], .. More,
    ];
}

/// <summary>A real node: <c>gossip run</c> in a process of its own, on loopback, with what it said kept for a failing test.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    const int KeptLines = 400;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // a bound for what hangs, not a measure

    readonly Process process;
    readonly Queue<string> said = new();
    readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    NodeProcess(NodeSetup setup, ProcessStartInfo start)
    {
        Setup = setup;
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"{setup.Name} ended before it was ready"));
    }

    public NodeSetup Setup { get; }
    public string Name => Setup.Name;
    public int ProcessId => process.Id;

    /// <summary>Its API; of no use once it was killed.</summary>
    public HttpClient Api { get; } = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Starts the process without waiting for it, so that many can start at once.</summary>
    /// <param name="around">Changes how the process is started, such as by a shell around it.</param>
    public static NodeProcess Launch(NodeSetup setup, Func<ProcessStartInfo, ProcessStartInfo>? around = null)
    {
        var start = GossipProgram.With(setup.Arguments);
        if (setup.IsTemporary) start.Environment["TMPDIR"] = setup.Data;
        var node = new NodeProcess(setup, around is null ? start : around(start));
        node.process.Start();
        node.process.StandardInput.Close();
        node.process.BeginOutputReadLine();
        node.process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Waits for the line on its output that says that it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds what it said.</exception>
    public async Task UntilReadyAsync()
    {
        try
        {
            Api.BaseAddress = await ready.Task.WaitAsync(Patience);
        }
        catch (Exception never) when (never is InvalidOperationException or TimeoutException)
        {
            if (process.HasExited) await process.WaitForExitAsync(); // also for the last of what it said
            throw new InvalidOperationException($"{never.Message}. It said:\n{Said()}", never);
        }
    }

    public async Task<JsonNode> GetAsync(string path) =>
        await Api.GetFromJsonAsync<JsonNode>(path) ?? throw new InvalidDataException($"{path} answered null");

    /// <summary>SIGTERM, and the end of the node as it wants it.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", ProcessId.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{Name} ended with {process.ExitCode}:\n{Said()}");
    }

    /// <summary>Waits until it ends by itself; its exit code.</summary>
    public async Task<int> UntilEndedAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>SIGKILL to the node alone: its pods go on.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>SIGKILL to the node and to all that it runs, as a pulled plug would.</summary>
    public async Task LoseAsync()
    {
        await KillAsync();
        Assert.True(await ProcessRuntime.EndAllAsync(Setup.Data), $"a pod of {Name} could not be killed");
    }

    /// <summary>The last lines of its output and its errors, in the order in which they came.</summary>
    public string Said()
    {
        lock (said) return string.Join('\n', said);
    }

    void Take(string? line)
    {
        if (line is null) return;
        lock (said)
        {
            said.Enqueue(line);
            if (said.Count > KeptLines) said.Dequeue();
        }
        // ready NAME gossip=127.0.0.1:7373 api=http://127.0.0.1:8080
        if (line.StartsWith("ready ", StringComparison.Ordinal) && line.Split(" api=") is [_, var api]
            && Uri.TryCreate(api, UriKind.Absolute, out var address))
            ready.TrySetResult(address);
    }

    public async ValueTask DisposeAsync()
    {
        await LoseAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"--- {Name} (process {ProcessId}) ---\n{Said()}");
        Api.Dispose();
        process.Dispose();
    }
}
