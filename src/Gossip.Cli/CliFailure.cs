namespace Gossip.Cli;

/// <summary>Something that a person can act on: what went wrong, and what to do next.</summary>
/// <param name="message">One line, which may quote text from outside.</param>
/// <param name="exitCode">1 for what was tried and failed, 2 for what was asked wrongly.</param>
/// <param name="details">Further lines, shown below the message.</param>
sealed class CliFailure(string message, int exitCode = 1, params IEnumerable<string> details) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public IReadOnlyList<string> Details { get; } = [.. details];
}
