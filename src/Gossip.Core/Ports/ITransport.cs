using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Core.Ports;

/// <summary>
/// Carries sealed datagrams and frames between nodes: one address serves both. Every implementation passes
/// <c>TransportContract</c>. Nothing that a peer or the network does is thrown.
/// </summary>
/// <remarks>Sends come from the one owner of a node; arrivals are told from any thread.</remarks>
interface ITransport : IAsyncDisposable
{
    /// <summary>Where others reach this node.</summary>
    NodeAddress Address { get; }

    /// <summary>Begins to listen. Called once.</summary>
    void Start(IArrivals arrivals);

    /// <summary>Best effort, never waits. At most <see cref="Limits.DatagramPayload"/> bytes.</summary>
    void Send(NodeAddress to, ReadOnlySpan<byte> datagram);

    /// <summary>
    /// Queues a frame, never waits; frames to one address arrive in order. What cannot be delivered is told as
    /// <see cref="IArrivals.StreamFailed"/>. At most <see cref="Limits.FramePayload"/> bytes.
    /// </summary>
    void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame);
}

/// <summary>What a transport tells its node. Thread-safe.</summary>
interface IArrivals
{
    /// <summary>An authentic datagram; the span is valid during the call only. Never waits: overload drops it.</summary>
    void DatagramArrived(NodeAddress from, ReadOnlySpan<byte> payload);

    /// <summary>An authentic frame; the memory is valid until the task ends, which is when there was room for it.</summary>
    ValueTask FrameArrivedAsync(NodeAddress from, ReadOnlyMemory<byte> payload, CancellationToken cancel);

    /// <summary>Frames to this address were lost, or (Refused) a datagram met a closed port.</summary>
    void StreamFailed(NodeAddress to, StreamFailure why);

    /// <summary>Something arrived that cannot be used.</summary>
    void Rejected(NodeAddress from, Reject why);
}
