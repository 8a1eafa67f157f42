using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Core.Turns;

/// <summary>
/// Everything a node may ask of the world. The driver hands an implementation to
/// <see cref="NodeMachine.Handle"/> and performs what was asked after (or while) it returns; the machine itself
/// cannot do IO. Spans and memories are valid during the call only.
/// </summary>
abstract class NodeEffects
{
    /// <summary>Seal and send, best effort. At most <see cref="Limits.DatagramPayload"/> bytes.</summary>
    public abstract void Send(NodeAddress to, ReadOnlySpan<byte> datagram);

    /// <summary>
    /// Seal and deliver over a stream, in order with other frames to the same address. What cannot be delivered
    /// comes back as <see cref="NodeInput.StreamFailed"/>. At most <see cref="Limits.FramePayload"/> bytes.
    /// </summary>
    public abstract void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame);

    /// <summary>Hand the timer back, once, when <paramref name="after"/> has passed on the monotonic clock.</summary>
    public abstract void Wake(NodeTimer timer, TimeSpan after);

    /// <summary>
    /// Append to the log; confirm with <see cref="NodeInput.Persisted"/> once it is durable. Positions come in
    /// order without gaps, and one confirmation may cover many.
    /// </summary>
    public abstract void Persist(LogPosition position, ReadOnlySpan<byte> record);

    /// <summary>Have the pod runtime do something; it answers with <see cref="PodReport"/>s.</summary>
    public abstract void Perform(PodCommand command);

    /// <summary>
    /// Have the host app's own rules judge; answer each question with <see cref="NodeInput.HostAnswered"/>, also one whose rules
    /// fail. Asked only where the scheduling rules say so.
    /// </summary>
    public virtual void AskHost(HostCall question) => throw new InvariantBroken("this driver has no host app to ask");

    /// <summary>Answer a request.</summary>
    public abstract void Reply(RequestId request, Reply reply);

    /// <summary>The world sent what cannot be used. Count it; log at most one a second and peer.</summary>
    public abstract void Rejected(NodeAddress from, Reject why);

    /// <summary>How long something took, for the driver's histograms. Not for decisions.</summary>
    public virtual void Measured(NodeMeasure what, TimeSpan took) { }

    /// <summary>Something a person watching this node would want to read. Not for decisions.</summary>
    public abstract void Note(NodeNote note);
}

/// <summary>What a node measures.</summary>
enum NodeMeasure : byte
{
    /// <summary>
    /// From when this node saw that a pod was nobody's until somebody had admitted it, of the auctions that this node called.
    /// </summary>
    Auction,
}
