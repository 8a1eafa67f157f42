using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using Gossip.Node.Metrics;

namespace Gossip.Node.Loop;

/// <summary>Performs what the machine asks for; nothing here waits for the world.</summary>
sealed class LoopEffects(
    ITransport transport, LogWriter log, TimerQueue timers, Dictionary<ulong, TaskCompletionSource<Reply>> askers,
    Action<PodCommand> perform, Action<HostQuestion> askHost, NodeMeter meter, RejectLog rejects, NoteLog notes) : NodeEffects
{
    /// <summary>The monotonic time of the turn, from which its timers count.</summary>
    public Instant Now { get; set; }

    public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram)
    {
        meter.DatagramOut(datagram.Length);
        transport.Send(to, datagram);
    }

    public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame)
    {
        meter.FrameOut(frame.Length);
        transport.SendFrame(to, frame);
    }

    public override void Wake(NodeTimer timer, TimeSpan after) => timers.Add(timer, Now + after);
    public override void Persist(LogPosition position, ReadOnlySpan<byte> record) => log.Append(position, record);
    public override void Perform(PodCommand command) => perform(command);

    public override void AskHost(HostCall question) => askHost((HostQuestion)question);

    public override void Reply(RequestId request, Reply reply)
    {
        if (askers.Remove(request.Value, out var asker)) asker.TrySetResult(reply);
    }

    public override void Rejected(NodeAddress from, Reject why)
    {
        meter.Rejected(why);
        rejects.Say(from, why);
    }

    public override void Measured(NodeMeasure what, TimeSpan took) => meter.Measured(what, took);

    public override void Note(NodeNote note) => notes.Write(note);
}
