using System.Diagnostics;

namespace Gossip.Kubernetes.Tests.Api;

/// <summary>The real kubectl against one server, with a cache and a config of its own in a folder that goes with it.</summary>
sealed class Kubectl(Uri server) : IDisposable
{
    public const string Absent = "kubectl is not on the PATH";

    public static bool IsThere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "kubectl")));

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-kubectl-");

    public sealed record Result(int Code, string Out, string Error);

    public async Task<Result> RunAsync(string arguments, string? input = null, (string Name, string Value) environment = default)
    {
        var start = new ProcessStartInfo("kubectl", $"--server {server} --cache-dir {folder.FullName}/cache {arguments}")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = Path.Combine(folder.FullName, "config");
        start.Environment["HOME"] = folder.FullName;
        if (environment.Name is { } name) start.Environment[name] = environment.Value;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        return new Result(process.ExitCode, await output, await error);
    }

    /// <summary>What it printed; fails the test when it failed.</summary>
    public async Task<string> OkAsync(string arguments, string? input = null, (string Name, string Value) environment = default)
    {
        var result = await RunAsync(arguments, input, environment);
        Assert.True(result.Code == 0, $"kubectl {arguments}: exit {result.Code}\n{result.Error}\n{result.Out}");
        return result.Out;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
