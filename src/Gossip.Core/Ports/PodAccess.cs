using System.Threading.Channels;
using Gossip.Core.Primitives;

namespace Gossip.Core.Ports;

/// <summary>Which part of a container's output somebody wants.</summary>
/// <param name="Follow">Go on with what is yet to come.</param>
/// <param name="Tail">Only the last so many lines; null for all that is kept.</param>
/// <param name="Since">Only what came from then on; null for all that is kept.</param>
/// <param name="Previous">Of the attempt before the present one.</param>
/// <param name="Timestamps">Each line behind its time, as RFC 3339.</param>
public sealed record LogQuery(bool Follow = false, int? Tail = null, WallTime? Since = null, bool Previous = false, bool Timestamps = false);

/// <summary>Somebody's end of a command in a container.</summary>
/// <param name="Input">Null when there is nobody to type; its end is the command's end of file.</param>
/// <param name="Error">Not used on a terminal, where both are one.</param>
/// <param name="Sizes">The terminal's size whenever it changes, the first one first; null for no terminal.</param>
public sealed record PodConsole(Stream? Input, Stream Output, Stream Error, ChannelReader<TerminalSize>? Sizes)
{
    /// <summary>Whether the program gets a terminal.</summary>
    public bool IsTerminal => Sizes is not null;
}

/// <summary>A terminal's size in characters.</summary>
public readonly record struct TerminalSize(ushort Columns, ushort Rows);

/// <param name="Cpu">Used since the container's start, over all cores.</param>
/// <param name="Memory">The working set: what cannot be dropped.</param>
public sealed record ContainerUsage(string Container, TimeSpan Cpu, Bytes Memory, int Processes);

/// <summary>What was asked of a pod cannot be had. The message is for the person who asked and says what to do.</summary>
public sealed class PodAccessException(string message) : Exception(message);
