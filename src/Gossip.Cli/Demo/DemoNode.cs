using System.Diagnostics;
using System.Globalization;
using Gossip.Cli.Display;
using Gossip.Runtimes.Processes;

namespace Gossip.Cli.Demo;

/// <summary>One machine of the demo: a node process with a data folder of its own. Killing the machine kills its pods too.</summary>
sealed class DemoNode : IAsyncDisposable
{
    readonly Process process;
    readonly string data;
    readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Queue<string> lastLines = new();

    DemoNode(string name, Process process, string data, int gossipPort)
    {
        Name = name;
        this.process = process;
        this.data = data;
        GossipPort = gossipPort;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
    }

    public string Name { get; }
    public int GossipPort { get; }
    public bool IsLost { get; private set; }
    public int ProcessId => process.Id;

    /// <summary>The node's API URL, once it listens.</summary>
    public Task<string> Ready => ready.Task;

    public static DemoNode Start(string name, string folder, string keyFile, int gossipPort, int seedPort, params string[] more)
    {
        var data = Path.Combine(folder, name);
        OwnerOnly.CreateFolder(data);
        string[] args =
        [
            "run", "--name", name, "--data", data, "--key-file", keyFile, "--cluster", "demo", "--profile", "local",
            "--port", gossipPort.ToString(CultureInfo.InvariantCulture), "--api", "127.0.0.1:0",
            "--join", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{seedPort}"),
            "--cpu", "4", "--memory", "8Gi", .. more,
        ];
        var process = new Process { StartInfo = SelfProcess.With(args), EnableRaisingEvents = true };
        var node = new DemoNode(name, process, data, gossipPort);
        process.Exited += (_, _) => node.ready.TrySetException(node.Died());
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return node;
    }

    /// <summary>The machine is gone: SIGKILL to the node and to all that it runs, as a pulled plug would.</summary>
    public async Task LoseAsync()
    {
        IsLost = true;
        if (!process.HasExited) process.Kill();
        if (!await ProcessRuntime.EndAllAsync(data)) Output.Note($"a pod of {Name} hangs in the kernel and did not end");
    }

    CliFailure Died()
    {
        lock (lastLines)
        {
            return new CliFailure($"{Name} ended before it was ready. It said:", 1, lastLines);
        }
    }

    void Read(string? line)
    {
        if (line is null) return;
        lock (lastLines)
        {
            lastLines.Enqueue(line);
            if (lastLines.Count > 8) lastLines.Dequeue();
        }
        if (RunAnnouncement.TryParse(line, out var announced)) ready.TrySetResult(announced.Api);
    }

    public async ValueTask DisposeAsync()
    {
        await LoseAsync();
        try
        {
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(5)).Token);
        }
        catch (OperationCanceledException)
        {
            Output.Note($"process {process.Id} ({Name}) did not end after SIGKILL");
        }
        await ProcessRuntime.EndAllAsync(data); // what it started between the first look and its end
        process.Dispose();
    }
}
