using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;

namespace Gossip.Core.Turns;

/// <summary>
/// One input's way through the parts of a node: the time at which it came, and where effects go. The time is the same for the
/// whole turn. A turn is valid while <see cref="NodeMachine.Handle"/> runs: what must happen later is a timer, not a kept turn.
/// </summary>
/// <param name="Now">Both clocks, as the driver read them before it called.</param>
/// <param name="Effects">The driver's; each method here hands on to it.</param>
readonly record struct Turn(Now Now, NodeEffects Effects)
{
    /// <summary>What timers, leases and suspicions count by.</summary>
    public Instant Monotonic => Now.Monotonic;

    /// <summary>What people read; never for a decision.</summary>
    public WallTime Wall => Now.Wall;

    /// <inheritdoc cref="NodeEffects.Send"/>
    public void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => Effects.Send(to, datagram);

    /// <inheritdoc cref="NodeEffects.SendFrame"/>
    public void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => Effects.SendFrame(to, frame);

    /// <inheritdoc cref="NodeEffects.Wake"/>
    public void Wake(NodeTimer timer, TimeSpan after) => Effects.Wake(timer, after);

    /// <inheritdoc cref="NodeEffects.Persist"/>
    public void Persist(LogPosition position, ReadOnlySpan<byte> record) => Effects.Persist(position, record);

    /// <inheritdoc cref="NodeEffects.Perform"/>
    public void Perform(PodCommand command) => Effects.Perform(command);

    /// <inheritdoc cref="NodeEffects.AskHost"/>
    public void AskHost(HostCall question) => Effects.AskHost(question);

    /// <inheritdoc cref="NodeEffects.Reply"/>
    public void Reply(RequestId request, Reply reply) => Effects.Reply(request, reply);

    /// <inheritdoc cref="NodeEffects.Rejected"/>
    public void Rejected(NodeAddress from, Reject why) => Effects.Rejected(from, why);

    /// <inheritdoc cref="NodeEffects.Note"/>
    public void Note(NodeNote note) => Effects.Note(note);
}
