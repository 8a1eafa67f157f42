using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Bench;

/// <summary>
/// What membership costs a node at rest, a period: a ping and its answer, with the capacity that rides along, through both
/// nodes' codecs. Must allocate nothing. The baseline moves the same bytes and decides nothing.
/// </summary>
[MemoryDiagnoser]
public class MemberPeriodBench
{
    readonly Peer one, other;
    readonly byte[] bytes = new byte[Limits.DatagramPayload];

    public MemberPeriodBench()
    {
        (one, other) = (new Peer(0), new Peer(1));
        (one.Opposite, other.Opposite) = (other, one);
        one.Start();
        other.Start(); // its join makes them known to each other
        for (var i = 0; i < 100; i++)
        {
            one.Period();
            other.Period();
        }
        Check.That(one.Swim.Live.Length == 2 && other.Swim.Live.Length == 2);
    }

    [Benchmark(Baseline = true)]
    public int CopyBothDatagrams()
    {
        one.Buffer.Span[..128].CopyTo(bytes);
        other.Buffer.Span[..128].CopyTo(bytes);
        return bytes[0];
    }

    [Benchmark]
    public int Period()
    {
        one.Period();
        return one.Swim.Live.Length;
    }

    /// <summary>A member on a wire without delay: what one sends, the other has taken when the call returns.</summary>
    sealed class Peer : NodeEffects
    {
        readonly byte[] buffer = new byte[Limits.FramePayload];
        readonly Outbox outbox;
        readonly NodeAddress address;
        bool isFlushing;

        public Peer(int index)
        {
            var card = Samples.Card(index);
            address = card.Address;
            outbox = new Outbox(card.Id) { Boot = 1 };
            var config = new NodeConfig(card, ImmutableArray.Create(Samples.Card(0).Address), NodeTimings.Lan, 1, 1);
            Swim = new Swim(config, 1, new RandomStream((ulong)index), outbox);
            outbox.Piggyback = Swim;
        }

        public Peer Opposite { get; set; } = null!;
        public Swim Swim { get; }
        public Memory<byte> Buffer => buffer;

        public void Start()
        {
            Swim.Start(new Turn(default, this));
            Turned();
        }

        public void Period()
        {
            Swim.OnTimer(new NodeTimer(NodeTimerKind.ProbePeriod), new Turn(default, this));
            Swim.OnTimer(new NodeTimer(NodeTimerKind.GossipTick), new Turn(default, this));
            Turned();
        }

        void Turned()
        {
            Swim.Changes.Clear();
            if (isFlushing) return; // the answer came within the question's flush, which takes along what was said since
            isFlushing = true;
            outbox.Flush(new Turn(default, this));
            isFlushing = false;
        }

        void Take(ReadOnlySpan<byte> payload)
        {
            payload.CopyTo(buffer);
            Envelope.TryReadHeader(payload, out var sender, out var boot);
            Swim.Admit(sender, boot, Opposite.address, new Turn(default, this));
            ReadOnlyMemory<byte> rest = buffer.AsMemory(Limits.EnvelopeHeader, payload.Length - Limits.EnvelopeHeader);
            while (Envelope.TryNext(ref rest, out var kind, out var body, out _))
                Swim.OnMessage(new Message(kind, body, sender, Opposite.address), new Turn(default, this));
            Turned();
        }

        public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => Opposite.Take(datagram);
        public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => Opposite.Take(frame);
        public override void Wake(NodeTimer timer, TimeSpan after) { }
        public override void Rejected(NodeAddress from, Reject why) => Check.That(why == Reject.None);
        public override void Note(NodeNote note) { }
        public override void Persist(LogPosition position, ReadOnlySpan<byte> record) { }
        public override void Perform(PodCommand command) { }
        public override void Reply(RequestId request, Reply reply) { }
    }
}
