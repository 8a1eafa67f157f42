namespace Gossip.Core.Ports;

/// <summary>Why a stream could not carry a frame.</summary>
enum StreamFailure : byte
{
    /// <summary>The machine answered that nobody listens on that port: the node's process is gone.</summary>
    Refused,
    /// <summary>No answer in time, or no route. Says nothing about the process.</summary>
    Unreachable,
}
