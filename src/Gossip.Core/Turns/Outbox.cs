using Gossip.Core.Primitives;
using Gossip.Core.Wire;


namespace Gossip.Core.Turns;

/// <summary>
/// Collects what a turn has to say and sends it at the turn's end: messages to one address share datagrams, and the
/// room that is left carries rumours. Nothing is allocated once the buffers are warm.
/// </summary>
/// <remarks>Outputs: <see cref="NodeEffects.Send"/> and <see cref="NodeEffects.SendFrame"/>.</remarks>
sealed class Outbox(NodeId self)
{
    readonly record struct Pending(NodeAddress To, int Offset, int Length);

    readonly WireBuffer messages = new(16 * 1024);
    readonly WireBuffer datagram = new(Limits.DatagramPayload * 2);
    readonly WireBuffer frame = new(4096);
    readonly List<Pending> pending = [];
    WireBuffer looped = new(1024);
    WireBuffer loopedBefore = new(1024);

    /// <summary>This life of this node; every envelope carries it.</summary>
    public ulong Boot { get; set; }

    /// <summary>Where this node listens: what it says to itself never leaves, see <see cref="TakeLooped"/>.</summary>
    public NodeAddress Address { get; init; }

    /// <summary>What fills the room that messages leave. Set once by the machine.</summary>
    public IPiggyback? Piggyback { get; set; }

    /// <summary>Queues a message for a datagram; one that is too long for a datagram goes as a frame of its own.</summary>
    public void Send<TMessage>(NodeAddress to, in TMessage message, Turn turn) where TMessage : IWireMessage<TMessage>
    {
        if (to == Address)
        {
            Envelope.Append(looped, message);
            return;
        }
        var offset = messages.Length;
        var length = Envelope.Append(messages, message);
        if (length <= Limits.DatagramMessage + Limits.MessageHeader)
        {
            pending.Add(new Pending(to, offset, length));
            return;
        }
        frame.Clear();
        Envelope.WriteHeader(frame, self, Boot);
        frame.Write(messages.Written.Slice(offset, length));
        messages.Truncate(offset);
        turn.SendFrame(to, frame.Written);
    }

    /// <summary>The messages that this node has said to itself since it was last asked; valid until it is asked again.</summary>
    public ReadOnlyMemory<byte> TakeLooped()
    {
        (looped, loopedBefore) = (loopedBefore, looped);
        looped.Clear();
        return loopedBefore.WrittenMemory;
    }

    /// <summary>Sends a message as a frame over the stream, at once.</summary>
    public void SendFrame<TMessage>(NodeAddress to, in TMessage message, Turn turn) where TMessage : IWireMessage<TMessage>
    {
        frame.Clear();
        Envelope.WriteHeader(frame, self, Boot);
        Envelope.Append(frame, message);
        turn.SendFrame(to, frame.Written);
    }

    /// <summary>Queues messages that are encoded already, at most a datagram's room of them, to travel together.</summary>
    public void Relay(NodeAddress to, ReadOnlySpan<byte> wholeMessages)
    {
        pending.Add(new Pending(to, messages.Length, wholeMessages.Length));
        messages.Write(wholeMessages);
    }

    /// <summary>Queues an empty datagram, so that rumours travel to an address that nothing else is said to.</summary>
    public void Touch(NodeAddress to) => pending.Add(new Pending(to, 0, 0));

    /// <summary>Sends rumours and nothing else as one frame over the stream, at once, at most <see cref="Limits.RumourFrame"/> bytes of them.</summary>
    public void SendRumours(NodeAddress to, Turn turn)
    {
        frame.Clear();
        Envelope.WriteHeader(frame, self, Boot);
        if (Piggyback is { } piggyback) frame.Advance(piggyback.Fill(frame.GetSpan(Limits.RumourFrame)[..Limits.RumourFrame]));
        if (frame.Length > Limits.EnvelopeHeader) turn.SendFrame(to, frame.Written);
    }

    /// <summary>Sends everything that is queued. Messages to one address keep their order.</summary>
    public void Flush(Turn turn)
    {
        for (var i = 0; i < pending.Count; i++)
        {
            if (pending[i].Length < 0) continue; // went with an earlier one
            var to = pending[i].To;
            Open();
            for (var j = i; j < pending.Count; j++)
            {
                var next = pending[j];
                if (next.Length < 0 || next.To != to) continue;
                if (datagram.Length + next.Length > Limits.DatagramPayload)
                {
                    Close(to, turn);
                    Open();
                }
                datagram.Write(messages.Written.Slice(next.Offset, next.Length));
                pending[j] = next with { Length = -1 };
            }
            Close(to, turn);
        }
        pending.Clear();
        messages.Clear();
    }

    void Open()
    {
        datagram.Clear();
        Envelope.WriteHeader(datagram, self, Boot);
    }

    void Close(NodeAddress to, Turn turn)
    {
        var room = Limits.DatagramPayload - datagram.Length;
        if (Piggyback is { } piggyback)
            datagram.Advance(piggyback.Fill(datagram.GetSpan(Limits.DatagramPayload)[..room]));
        if (datagram.Length > Limits.EnvelopeHeader) turn.Send(to, datagram.Written);
    }
}

/// <summary>Whoever has rumours to spread.</summary>
interface IPiggyback
{
    /// <summary>Writes whole messages (header and body) into the room; returns how many bytes.</summary>
    int Fill(Span<byte> room);
}
