using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Wire;

public class OutboxTests
{
    static readonly NodeAddress A = NodeAddress.V4(0x7F000001, 1), B = NodeAddress.V4(0x7F000001, 2);

    readonly record struct Note(int Number, int Padding) : IWireMessage<Note>
    {
        public static MessageKind Kind => MessageKind.Ping;

        public static void Write(ref MessagePackWriter writer, in Note message)
        {
            writer.WriteArrayHeader(2);
            writer.Write(message.Number);
            writer.Write(new byte[message.Padding]);
        }

        public static Note Read(ref MessagePackReader reader)
        {
            reader.ReadArrayHeader();
            return new Note(reader.ReadInt32(), (int)reader.ReadBytes()!.Value.Length);
        }
    }

    sealed class Sent : NodeEffects
    {
        public List<(NodeAddress To, byte[] Bytes)> Datagrams { get; } = [];
        public List<(NodeAddress To, byte[] Bytes)> Frames { get; } = [];
        public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => Datagrams.Add((to, datagram.ToArray()));
        public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => Frames.Add((to, frame.ToArray()));
        public override void Wake(NodeTimer timer, TimeSpan after) => throw new InvalidOperationException();
        public override void Persist(LogPosition position, ReadOnlySpan<byte> record) => throw new InvalidOperationException();
        public override void Perform(PodCommand command) => throw new InvalidOperationException();
        public override void Reply(RequestId request, Reply reply) => throw new InvalidOperationException();
        public override void Rejected(NodeAddress from, Reject why) => throw new InvalidOperationException();
        public override void Note(NodeNote note) => throw new InvalidOperationException();
    }

    static List<int> Numbers(byte[] payload)
    {
        var rest = new ReadOnlyMemory<byte>(payload)[Limits.EnvelopeHeader..];
        var numbers = new List<int>();
        while (Envelope.TryNext(ref rest, out _, out var body, out var reject))
        {
            var reader = new MessagePackReader(body);
            numbers.Add(OutboxTests.Note.Read(ref reader).Number);
        }
        return numbers;
    }

    [Fact]
    public void Messages_to_one_address_share_datagrams_in_order_and_none_is_too_long()
    {
        var sent = new Sent();
        var outbox = new Outbox(NodeId.Of("self"));
        for (var i = 0; i < 40; i++) outbox.Send(i % 2 == 0 ? A : B, new Note(i, 100), new Turn(default, sent));
        outbox.Flush(new Turn(default, sent));

        Assert.All(sent.Datagrams, datagram => Assert.InRange(datagram.Bytes.Length, 1, Limits.DatagramPayload));
        Assert.True(sent.Datagrams.Count < 10);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * 2), sent.Datagrams.Where(d => d.To == A).SelectMany(d => Numbers(d.Bytes)));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * 2 + 1), sent.Datagrams.Where(d => d.To == B).SelectMany(d => Numbers(d.Bytes)));
    }

    [Fact]
    public void A_message_too_long_for_a_datagram_goes_as_a_frame()
    {
        var sent = new Sent();
        var outbox = new Outbox(NodeId.Of("self"));
        outbox.Send(A, new Note(1, 10), new Turn(default, sent));
        outbox.Send(A, new Note(2, Limits.DatagramPayload), new Turn(default, sent));
        outbox.Flush(new Turn(default, sent));
        Assert.Equal([1], Numbers(Assert.Single(sent.Datagrams).Bytes));
        Assert.Equal([2], Numbers(Assert.Single(sent.Frames).Bytes));
    }

    [Fact]
    public void A_backlog_of_rumours_goes_in_bounded_frames_until_each_was_sent_as_often_as_it_may()
    {
        const int Many = 1000, Times = 2;
        var sent = new Sent();
        var rumours = new RumourQueue();
        var encoded = new WireBuffer();
        for (var i = 0; i < Many; i++)
        {
            encoded.Clear();
            Envelope.Append(encoded, new Note(i, 150));
            rumours.Offer((ulong)i, encoded.Written, Times);
        }
        var outbox = new Outbox(NodeId.Of("self")) { Piggyback = new Rumours(rumours) };
        while (!rumours.IsEmpty) outbox.SendRumours(A, new Turn(default, sent));
        outbox.SendRumours(A, new Turn(default, sent)); // nothing is left, and nothing is sent
        Assert.All(sent.Frames, frame => Assert.InRange(frame.Bytes.Length, Limits.EnvelopeHeader + 1, Limits.RumourFrame + Limits.EnvelopeHeader));
        Assert.Equal(Enumerable.Range(0, Many), sent.Frames.SelectMany(frame => Numbers(frame.Bytes)).GroupBy(number => number).Where(told => told.Count() == Times).Select(told => told.Key).Order());
    }

    sealed class Rumours(RumourQueue queue) : IPiggyback
    {
        public int Fill(Span<byte> room) => queue.Fill(room);
    }

    [Fact]
    public void A_datagram_cut_anywhere_is_truncated_or_shorter_never_another()
    {
        var sent = new Sent();
        var outbox = new Outbox(NodeId.Of("self"));
        for (var i = 0; i < 5; i++) outbox.Send(A, new Note(i, 20), new Turn(default, sent));
        outbox.Flush(new Turn(default, sent));
        var whole = Assert.Single(sent.Datagrams).Bytes;
        for (var cut = Limits.EnvelopeHeader; cut < whole.Length; cut++)
        {
            var rest = new ReadOnlyMemory<byte>(whole, 0, cut)[Limits.EnvelopeHeader..];
            Reject reject;
            var read = 0;
            while (Envelope.TryNext(ref rest, out _, out _, out reject)) read++;
            Assert.True(read < 5);
            Assert.Equal(rest.IsEmpty ? Reject.None : Reject.Truncated, reject);
        }
    }
}
