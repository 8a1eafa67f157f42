using System.Globalization;
using Docker.DotNet.Models;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Docker;

/// <summary>What the engine says of one container, as far as we ask.</summary>
/// <param name="ExitCode">Of no meaning while it runs.</param>
/// <param name="StopSignal">What it wants to be asked to end with.</param>
/// <param name="Ip">Its own address; empty when it has none, or shares another's.</param>
sealed record ContainerFacts(
    string Id, bool IsRunning, int ExitCode, bool IsOomKilled, string Error, WallTime StartedAt, WallTime FinishedAt, string StopSignal, string Ip, bool IsTerminal)
{
    const string DefaultStopSignal = "SIGTERM";

    /// <exception cref="EngineFault">The engine's answer says nothing of the container's state.</exception>
    public static ContainerFacts Of(ContainerInspectResponse found)
    {
        var state = found.State ?? throw new EngineFault(System.Net.HttpStatusCode.InternalServerError, $"the engine does not say what became of {found.ID}");
        return new ContainerFacts(
            found.ID, state.Running, (int)state.ExitCode, state.OOMKilled, state.Error ?? "", Time(state.StartedAt), Time(state.FinishedAt),
            found.Config?.StopSignal is { Length: > 0 } signal ? signal : DefaultStopSignal,
            found.NetworkSettings?.Networks?.Values.Select(network => network.IPAddress).FirstOrDefault(ip => !string.IsNullOrEmpty(ip)) ?? "",
            found.Config?.Tty ?? false);
    }

    public ContainerEnd End() => new(
        ExitCode,
        IsOomKilled ? ContainerEnd.OutOfMemory : ExitCode == 0 ? ContainerEnd.Completed : ContainerEnd.Failed,
        Error.Length > 0 ? Error : IsOomKilled ? "it needed more memory than its limit" : ExitCode > 128 ? FormattableString.Invariant($"ended by signal {ExitCode - 128}") : "",
        FinishedAt);

    /// <summary>The engine's times have nanoseconds; one that never came to be is in the year 1.</summary>
    static WallTime Time(string? text) => new((
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1 ? time : DateTimeOffset.UtcNow).ToUnixTimeMilliseconds());
}

/// <summary>How a container ended, as in <c>ContainerExited</c>.</summary>
sealed record ContainerEnd(int Code, string Reason, string Message, WallTime At)
{
    public const string Completed = "Completed";
    public const string Failed = "Error";
    public const string OutOfMemory = "OOMKilled";
    public const string NotRun = "StartError";
    public const int InvalidCode = 128; // it did not come to a start
    public const int KilledCode = 137; // 128 + SIGKILL
}
