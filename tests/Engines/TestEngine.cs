using System.Diagnostics;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Gossip.Tests.Engines;

/// <summary>
/// A container engine of the tests' own, with its own folder, socket and network. What it started is ended by id, and
/// nothing of it is left behind.
/// </summary>
public abstract class TestEngine : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly List<Process> processes = [];
    DockerClient? client;

    public string Folder { get; } = Directory.CreateTempSubdirectory("gossip-engine-").FullName;
    public string Socket => Path.Combine(Folder, "engine.sock");
    public Uri Endpoint => new($"unix://{Socket}");

    /// <summary>To look behind the runtime's back.</summary>
    public DockerClient Client => client ??= new DockerClientBuilder().WithEndpoint(Endpoint).WithApiVersion(new System.Version(1, 41)).Build();

    public abstract Task StartAsync();

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (File.Exists(Socket)) await RemoveContainersAsync();
        }
        catch (Exception gone) when (gone is HttpRequestException or SocketException or IOException or OperationCanceledException or DockerApiException)
        {
            // It was killed by the test.
        }
        client?.Dispose();
        foreach (var process in Enumerable.Reverse(processes)) await EndAsync(process, kill: false);
        await CleanAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the engine left in the system besides files.</summary>
    protected abstract Task CleanAsync();

    /// <summary>With everything that is mounted in it.</summary>
    protected async Task DeleteFolderAsync()
    {
        EndLeftBehind();
        await RunAsync("sh", "-c", "grep -F \"$1/\" /proc/self/mounts | cut -d' ' -f2 | sort -r | xargs -r umount -l", "sh", Folder);
        await RunAsync("rm", "-rf", Folder);
    }

    /// <summary>Helpers of the engine that outlive it, such as Podman's conmon after an exec: they name our folder.</summary>
    void EndLeftBehind()
    {
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
            try
            {
                if (!int.TryParse(Path.GetFileName(entry), out var pid) || pid == Environment.ProcessId) continue;
                if (!File.ReadAllText($"{entry}/cmdline").Contains($"{Folder}/", StringComparison.Ordinal)) continue;
                using var process = Process.GetProcessById(pid);
                process.Kill();
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It ended by itself.
            }
    }

    /// <summary>Every container of this engine, which is the tests' own.</summary>
    protected async Task RemoveContainersAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        // Those that others are joined to go after them.
        while (await Client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, patience.Token) is { Count: > 0 } containers)
            foreach (var container in containers)
                try
                {
                    await Client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true }, patience.Token);
                }
                catch (DockerApiException)
                {
                }
    }

    /// <summary>Starts a program whose output goes to a file of the engine's folder.</summary>
    protected Process Start(string name, Dictionary<string, string> variables, params string[] command)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var part in (string[])["-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", Path.Combine(Folder, $"{name}.log"), .. command]) start.ArgumentList.Add(part);
        foreach (var (key, value) in variables) start.Environment[key] = value;
        var process = Process.Start(start)!;
        processes.Add(process);
        return process;
    }

    protected async Task EndAsync(Process process, bool kill)
    {
        processes.Remove(process);
        if (!process.HasExited)
        {
            if (kill) process.Kill();
            else using (var term = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await term.WaitForExitAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
        process.Dispose();
    }

    protected async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var began = Stopwatch.StartNew();
        while (!await condition())
        {
            if (began.Elapsed > Patience) throw new TimeoutException($"{what} did not come; {string.Concat(Directory.GetFiles(Folder, "*.log").Select(log => $"\n{log}:\n{Tail(log)}"))}");
            await Task.Delay(20);
        }
    }

    protected Task UntilAnswersAsync() => UntilAsync(async () =>
    {
        try
        {
            await Client.System.PingAsync();
            return true;
        }
        catch (Exception early) when (early is HttpRequestException or SocketException or IOException or OperationCanceledException or DockerApiException)
        {
            return false;
        }
    }, "an answer of the engine");

    protected static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
    }

    protected static string? Missing(params ReadOnlySpan<string> programs)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin", "/usr/bin", "/bin"]).ToList();
        foreach (var program in programs)
            if (!path.Exists(folder => File.Exists(Path.Combine(folder, program)))) return $"'{program}' is not installed";
        return Environment.UserName == "root" ? null : "an engine of the tests' own needs root";
    }

    static string Tail(string log) => string.Join('\n', File.ReadLines(log).TakeLast(15));
}
