using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Gossip.Bench.Idle;

/// <summary>One process of <c>gossip run</c>, the program that was built beside this bench; ended when disposed.</summary>
sealed class IdleNode : IAsyncDisposable
{
    readonly Process process;
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    readonly TaskCompletionSource<string> api = new(TaskCreationOptions.RunContinuationsAsynchronously);

    IdleNode(string name, Process process)
    {
        Name = name;
        this.process = process;
        process.OutputDataReceived += (_, line) =>
        {
            // ready NAME gossip=ADDRESS api=URL
            if (line.Data is { } text && text.StartsWith("ready ", StringComparison.Ordinal)) api.TrySetResult(text[(text.IndexOf("api=", StringComparison.Ordinal) + 4)..]);
        };
        process.ErrorDataReceived += (_, _) => { }; // read, so that it never waits for its log
        process.Exited += (_, _) => api.TrySetException(new InvalidOperationException($"{name} ended before it was ready"));
    }

    public string Name { get; }

    /// <summary>Where its API answers, once it does.</summary>
    public Task<string> Api => api.Task;

    /// <param name="more">Further arguments.</param>
    public static IdleNode Start(string name, string folder, int port, int seed, params string[] more)
    {
        var info = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "gossip")) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] args =
        [
            "run", "--name", name, "--cluster", "idle", "--profile", "local", "--data", Path.Combine(folder, name), "--api", "127.0.0.1:0",
            .. more, "--port", port.ToString(CultureInfo.InvariantCulture), "--join", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{seed}"),
        ];
        foreach (var arg in args) info.ArgumentList.Add(arg);
        var process = new Process { StartInfo = info, EnableRaisingEvents = true };
        var node = new IdleNode(name, process);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return node;
    }

    /// <summary>Waits until the node counts so many live members.</summary>
    public async Task AgreesAsync(int members, CancellationToken cancel)
    {
        var url = await api.Task.WaitAsync(cancel);
        while (true)
        {
            await using (var answer = await http.GetStreamAsync($"{url}/gossip/v1/members", cancel))
            using (var list = await JsonDocument.ParseAsync(answer, default, cancel))
                if (list.RootElement.GetProperty("members").EnumerateArray().Count(member => member.GetProperty("state").GetString() == "Alive") == members)
                    break;
            await Task.Delay(200, cancel);
        }
    }

    public NodeReading Read() => NodeReading.Of(process);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
