using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Simulation.Time;

/// <summary>What the queue can hold for a moment of virtual time.</summary>
internal enum SimEventKind : byte
{
    /// <summary>A node's process begins.</summary>
    Start,
    Datagram, Frame, StreamFailed, Timer,
    /// <summary>The disk has synced everything up to a position.</summary>
    Synced,
    /// <summary>The pod runtime gets on with something; it may report.</summary>
    Runtime,
    Report,
    /// <summary>A user asks a node.</summary>
    Ask,
    /// <summary>A step of the scenario: a fault, a heal, a check.</summary>
    Script,
}

/// <summary>
/// Something that will happen. A struct in a pool, because there are hundreds of thousands a second; only the fields
/// that its kind speaks of are set.
/// </summary>
internal struct SimEvent
{
    public SimEventKind Kind;
    public int Node;
    /// <summary>The life of the node's process that it is for; later lives never see it. -1 for whichever lives then.</summary>
    public int Life;
    public NodeTimer Timer;
    public NodeAddress Peer;
    public StreamFailure Failure;
    /// <summary>A rented buffer; whoever takes the event returns it.</summary>
    public byte[]? Bytes;
    public int Length;
    /// <summary>A <see cref="PodReport"/>, a request, or an <see cref="Action"/>.</summary>
    public object? Payload;
}
