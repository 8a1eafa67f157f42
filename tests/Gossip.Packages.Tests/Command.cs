using System.Diagnostics;

namespace Gossip.Packages.Tests;

/// <summary>A program that is run to its end.</summary>
static class Command
{
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(15); // against hanging for ever; far above what any takes

    /// <summary>What it printed, to both outputs. Fails the test when its exit code is not 0.</summary>
    /// <param name="environment">`NAME=value` each, besides what this process has.</param>
    public static async Task<string> RunAsync(
        string folder, IEnumerable<string> environment, string file, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(Plan(folder, environment, file, arguments))!;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(Longest);
        var said = process.StandardOutput.ReadToEndAsync(cancel.Token);
        var complained = process.StandardError.ReadToEndAsync(cancel.Token);
        try
        {
            await process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        var output = await said + await complained;
        Assert.True(process.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{output}");
        return output;
    }

    public static ProcessStartInfo Plan(string folder, IEnumerable<string> environment, string file, IEnumerable<string> arguments)
    {
        var plan = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var each in environment)
        {
            var equals = each.IndexOf('=');
            plan.Environment[each[..equals]] = each[(equals + 1)..];
        }
        return plan;
    }
}
