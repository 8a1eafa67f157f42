using System.Diagnostics;

namespace Gossip.EndToEnd;

/// <summary>How one run of a verb ended.</summary>
public sealed record GossipOutcome(int ExitCode, string Output, string Error);

/// <summary>The real <c>gossip</c> executable, as it was built beside these tests.</summary>
static class GossipProgram
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // a bound for what hangs, not a measure

    public static ProcessStartInfo With(params IEnumerable<string> arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, "gossip"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    /// <summary>Runs a verb to its end, or ends it.</summary>
    public static async Task<GossipOutcome> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(With(arguments))!;
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new GossipOutcome(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
