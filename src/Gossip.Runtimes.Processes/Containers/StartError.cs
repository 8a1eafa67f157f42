namespace Gossip.Runtimes.Processes.Containers;

/// <summary>Why a container could not start, for the person who wrote the manifest. Never leaves the runtime but as a report.</summary>
sealed class StartError(int exitCode, string message) : Exception(message)
{
    /// <summary>The reason that such a report carries, as in Kubernetes.</summary>
    public const string Reason = "StartError";

    public const int NotFound = 127;
    public const int NotUsable = 126;
    public const int Invalid = 128;

    /// <summary>As a shell has it: 127 not found, 126 found but not usable; 128 where it did not come to that.</summary>
    public int ExitCode => exitCode;
}
