using System.Diagnostics;

namespace Gossip.Runtimes.Processes.Isolation;

/// <summary>A small program of the system, run to its end.</summary>
static class Tool
{
    /// <returns>What it complained of, or that it failed; empty when all went well.</returns>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, string input)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in command.Skip(1)) start.ArgumentList.Add(word);
        try
        {
            using var process = Process.Start(start)!;
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var problem = (await process.StandardError.ReadToEndAsync().ConfigureAwait(false)).Trim();
            await output.ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
            return process.ExitCode == 0 ? "" : problem.Length > 0 ? problem : FormattableString.Invariant($"{command[0]} ended with {process.ExitCode}");
        }
        catch (Exception fault) when (fault is IOException or System.ComponentModel.Win32Exception)
        {
            return fault.Message;
        }
    }
}
