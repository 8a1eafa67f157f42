using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Replication;

public sealed class RowCodecFuzzTests
{
    static Row Sample(ulong seq, params string[] fields)
    {
        var dot = new Dot(new WriterId(77), seq);
        var cells = fields.Order(StringComparer.Ordinal)
            .Select((field, i) => new Cell(field, new Dot(new WriterId(78), (ulong)i + 1), 3, new Stamp(99), new byte[] { 1, 2 }));
        return new Row(new Uid(dot), RowKind.Object, [new Cell("", dot, 1, new Stamp(5), new byte[] { 9 }), .. cells]);
    }

    static byte[] Bytes<TMessage>(in TMessage message) where TMessage : IWireMessage<TMessage>
    {
        var bytes = new WireBuffer();
        Envelope.Append(bytes, message);
        return bytes.Written[Limits.MessageHeader..].ToArray();
    }

    [Fact]
    public void A_row_reads_back_as_it_was_written_and_its_measure_is_enough()
    {
        var row = Sample(1UL << 40, "data.a", "spec.replicas", "ünïcode");
        var bytes = Bytes(new RowDelta(row));
        var reader = new MessagePackReader(bytes);
        var back = RowDelta.Read(ref reader).Row;
        Assert.Equal(row.Mark(), back.Mark());
        Assert.Equal(row.Cells.Select(cell => (cell.Field, cell.Dot, cell.Generation, cell.Stamp)), back.Cells.Select(cell => (cell.Field, cell.Dot, cell.Generation, cell.Stamp)));
        Assert.Equal([1, 2], back["ünïcode"]!.Value.Value.ToArray());
        Assert.True(bytes.Length <= RowCodec.Measure(row));
    }

    [Fact]
    public void A_poison_row_is_counted_and_those_beside_it_are_read()
    {
        var poison = Sample(2, "b", "a");
        poison = poison with { Cells = [poison.Cells[0], poison.Cells[2], poison.Cells[1]] };
        var bytes = Bytes(new Repair(1, 0, RepairFlags.Last, default, default, default, [Sample(1), poison, Sample(3)]));
        var reader = new MessagePackReader(bytes);
        var repair = Repair.Read(ref reader);
        Assert.Equal(1, repair.Poisoned);
        Assert.Equal([1UL, 3UL], repair.Rows.Select(row => row.Uid.Birth.Seq));
    }

    [Property(MaxTest = 500)]
    public void Damaged_messages_end_in_the_errors_that_the_envelope_expects(ulong seed)
    {
        var random = new RandomStream(seed);
        var peer = new RowCluster(2, 1).Peers[0];
        var context = new CausalContext();
        context.Add(new Dot(new WriterId(4), 9));
        (MessageKind Kind, byte[] Bytes)[] messages =
        [
            (MessageKind.RowDelta, Bytes(new RowDelta(Sample(1, "data.a")))),
            (MessageKind.RowRemoval, Bytes(RowRemoval.Of(Sample(1, "data.a")))),
            (MessageKind.Digest, Bytes(new Core.Replication.Digest(new byte[1024], 1, true))),
            (MessageKind.ShardList, Bytes(new ShardList(1, new byte[1024], new byte[16], new byte[24], WireContext.Of(context)))),
            (MessageKind.Repair, Bytes(new Repair(1, 0, RepairFlags.Last, WireContext.Of(context), new byte[16], new byte[16], [Sample(1)]))),
        ];
        var (kind, bytes) = messages[random.Below(messages.Length)];
        if (random.Chance(0.3)) bytes = bytes[..random.Below(bytes.Length)];
        for (var flips = 1 + random.Below(4); flips > 0 && bytes.Length > 0; flips--) bytes[random.Below(bytes.Length)] ^= (byte)(1 + random.Below(255));
        try
        {
            peer.Rows.OnMessage(new Message(kind, bytes, new NodeId(3), peer.Address), new Turn(peer.Now, peer));
        }
        catch (Exception expected) when (expected is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
        }
    }

    [Fact]
    public void Nesting_as_deep_as_a_frame_exhausts_no_stack()
    {
        var bytes = new byte[Limits.FramePayload];
        Array.Fill(bytes, (byte)0x91); // arrays of one, each in the other
        Assert.Throws<EndOfStreamException>(() =>
        {
            var reader = new MessagePackReader(bytes);
            Unknown.Skip(ref reader);
        });
    }

    [Fact]
    public void A_digest_and_the_largest_removal_fit_a_datagram()
    {
        var fields = Enumerable.Range(0, 200).Select(i => $"data.{i:d3}").ToArray();
        var dot = new Dot(new WriterId(ulong.MaxValue), CausalContext.SeqMost);
        var row = Sample(1, fields);
        row = row with { Uid = new Uid(dot), Cells = [.. row.Cells.Select((cell, i) => cell with { Dot = new Dot(dot.Writer, CausalContext.SeqMost - (ulong)i) })] };
        Assert.True(Bytes(RowRemoval.Of(row)).Length <= Limits.DatagramMessage);
        Assert.True(Bytes(new Core.Replication.Digest(new byte[1024], ulong.MaxValue, true)).Length <= Limits.DatagramMessage);
    }
}
