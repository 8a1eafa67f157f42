using FsCheck.Xunit;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Membership;

/// <summary>Whatever is heard, in whatever order and however often, the same is believed.</summary>
public sealed class MemberRecordTests
{
    /// <summary>Few values, so that ties are common.</summary>
    static MemberRecord Record((byte Boot, byte Refutation, byte State, byte Port) from) => new(
        SwimNet.Card("subject", SwimNet.AddressOf(from.Port % 2)), new Incarnation(from.Boot % 3ul, from.Refutation % 3u),
        (MemberState)(from.State % 4), TimeSpan.Zero, Capacity.Unknown);

    static Member Held(MemberRecord record) => new(record.Card, record.Incarnation, record.State, default, record.Capacity);

    static Member Join(Member held, MemberRecord record) => record.Overrides(held) ? Held(record) : held;

    static (Incarnation, MemberState, NodeAddress) Essence(Member member) => (member.Incarnation, member.State, member.Address);

    [Property]
    public bool Joining_two_records_commutes((byte, byte, byte, byte) a, (byte, byte, byte, byte) b) =>
        Essence(Join(Held(Record(a)), Record(b))) == Essence(Join(Held(Record(b)), Record(a)));

    [Property]
    public bool Joining_is_idempotent((byte, byte, byte, byte) a, (byte, byte, byte, byte) b)
    {
        var once = Join(Held(Record(a)), Record(b));
        return ReferenceEquals(once, Join(once, Record(b))) && ReferenceEquals(once, Join(once, Record(a)));
    }

    [Property]
    public bool Joining_associates((byte, byte, byte, byte) a, (byte, byte, byte, byte) b, (byte, byte, byte, byte) c)
    {
        var left = Join(Join(Held(Record(a)), Record(b)), Record(c));
        var right = Join(Held(Record(b)), Record(c));
        var whole = Join(Held(Record(a)), new MemberRecord(right.Card, right.Incarnation, right.State, default, right.Capacity));
        return Essence(left) == Essence(whole);
    }

    [Fact]
    public void A_record_reads_back_as_written()
    {
        var card = new NodeCard(
            "n1", NodeAddress.V4(0x0A000001, 7946), Labels.Of(("zone", "a"), ("disk", "ssd")), [new Taint("k", "v", TaintEffect.NoExecute)],
            new Resources(new MilliCpu(4000), new Bytes(8L << 30), new Bytes(1L << 40), 110, [new ExtendedResource("example.com/fpga", 2)]),
            ["in-process", "process"], "http://10.0.0.1:8080");
        var record = new MemberRecord(
            card, new Incarnation(1_790_000_000, 3), MemberState.Dead, TimeSpan.FromSeconds(77),
            new Capacity(1_790_000_000, 9, card.Allocatable, "no runtime"));
        var read = RoundTrip(record);
        Assert.Equal(record.Capacity, read.Capacity);
        Assert.Equal((record.Incarnation, record.State, record.Age), (read.Incarnation, read.State, read.Age));
        Assert.Equal(card.Name, read.Card.Name);
        Assert.Equal(card.Address, read.Card.Address);
        Assert.Equal(card.Labels, read.Card.Labels);
        Assert.Equal(card.Taints.AsSpan(), read.Card.Taints.AsSpan());
        Assert.Equal(card.Allocatable, read.Card.Allocatable);
        Assert.Equal(card.Runtimes.AsSpan(), read.Card.Runtimes.AsSpan());
        Assert.Equal(card.ApiUrl, read.Card.ApiUrl);
    }

    [Fact]
    public void The_longest_record_fits_a_datagram()
    {
        var card = SwimNet.Card(new string('n', 63), NodeAddress.V4(1, 1));
        var length = 0;
        while (true)
        {
            try
            {
                CardCodec.Validate(card with { ApiUrl = new string('u', length + 1) });
                length++;
            }
            catch (MessagePackSerializationException)
            {
                break;
            }
        }
        var extended = Enumerable.Range(0, 15).Select(i => new ExtendedResource($"resource-{i:d2}", long.MaxValue >> 11)).ToArray();
        var record = new MemberRecord(
            card with { ApiUrl = new string('u', length) }, new Incarnation(1UL << 62, uint.MaxValue), MemberState.Dead, TimeSpan.FromDays(365),
            new Capacity(
                1UL << 62, 1UL << 62, new Resources(default, default, default, 0, [.. extended]), new string('x', CapacityNews.UnreadyMost))
            {
                LostRuntimes = new string('x', CapacityNews.LostMost),
                HostFault = new string('x', CapacityNews.FaultMost),
                StoreDamage = new string('x', CapacityNews.DamageMost),
                Disk = DiskState.Failing,
            });
        RoundTrip(record); // within every bound
        Assert.InRange(Bytes(record).Length, 700, Limits.DatagramMessage);
    }

    [Fact]
    public void What_breaks_a_bound_is_refused_with_the_field_named()
    {
        var card = SwimNet.Card("n1", NodeAddress.V4(1, 1));
        Refused("card.name", card with { Name = new string('n', 64) });
        Refused("card.name", card with { Name = "" });
        Refused("card", card with { ApiUrl = new string('u', 400) });
        Refused("card", card with { Runtimes = [.. Enumerable.Repeat("process", 100)] });
        Refused("resources.cpu", card with { Allocatable = Resources.Zero with { Cpu = new MilliCpu(Resources.Greatest + 1) } });
        Refused("resources.extended", card with { Allocatable = Resources.Zero with { Extended = [new("b", 1), new("a", 1)] } });
    }

    static void Refused(string field, NodeCard card)
    {
        var refusal = Assert.Throws<MessagePackSerializationException>(() => CardCodec.Validate(card));
        Assert.StartsWith(field + ":", refusal.Message);
    }

    /// <summary>Every message of membership, cut or with a byte changed: read or refused, and nothing else.</summary>
    [Property(MaxTest = 2000)]
    public void A_damaged_message_is_refused_and_nothing_worse(ushort at, byte with, byte which, bool isCut)
    {
        var net = new SwimNet(1);
        var node = net.Add();
        var card = SwimNet.Card("n1", NodeAddress.V4(1, 1));
        var record = new MemberRecord(card, new Incarnation(5, 0), MemberState.Alive, default, new Capacity(5, 1, card.Allocatable, ""));
        var (kind, bytes) = (which % 6) switch
        {
            0 => (MessageKind.Ping, Bytes(new Ping(1, node.Id, 7, card.Address, true))),
            1 => (MessageKind.Ack, Bytes(new Ack(1, card.Id, 7, card.Address))),
            2 => (MessageKind.PingRequest, Bytes(new PingRequest(1, card.Id, card.Address, card.Address))),
            3 => (MessageKind.Member, Bytes(record)),
            4 => (MessageKind.Capacity, Bytes(new CapacityNews(card.Id, record.Capacity))),
            _ => (MessageKind.MemberSync, Bytes(new MemberSync(card.Address, true, new[] { record, record }, new[] { new RememberedAddress(card.Id, card.Address) }))),
        };
        var place = at % bytes.Length;
        if (isCut) bytes = bytes[..place];
        else bytes[place] = with;
        try
        {
            node.Swim.OnMessage(new Message(kind, bytes, card.Id, card.Address), new Turn(net.Clock, node));
        }
        catch (Exception refusal) when (refusal is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            return; // what the envelope turns into Reject.Malformed
        }
    }

    [Fact]
    public void A_count_beyond_the_message_allocates_nothing_for_it()
    {
        // 800 members are announced, and as many bytes follow: too few for their records.
        byte[] lie = [0x96, 0x00, 0x00, 0x00, 0xC2, 0xDC, 0x03, 0x20, .. new byte[800]];
        var refusal = Assert.Throws<MessagePackSerializationException>(() =>
        {
            var reader = new MessagePackReader(lie);
            MemberSync.Read(ref reader);
        });
        Assert.Equal("memberSync.members: too many", refusal.Message);
    }

    [Fact]
    public void Deep_nesting_in_an_unknown_field_is_refused_before_the_stack_ends()
    {
        var bytes = new byte[100_000];
        Array.Fill(bytes, (byte)0x91); // an array of one array of one array ...
        byte[] ping = [0x98, 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0xC2, .. bytes];
        Assert.Throws<EndOfStreamException>(() => // skipped level by level, until the innermost array turns out to hold nothing
        {
            var reader = new MessagePackReader(ping);
            Ping.Read(ref reader);
        });
    }

    [Fact]
    public void An_unknown_field_of_a_newer_node_is_skipped()
    {
        byte[] ping = [0x98, 0x01, 0x02, 0x03, 0x00, 0x04, 0x05, 0xC3, 0xA1, 0x78];
        var reader = new MessagePackReader(ping);
        Assert.Equal(new Ping(1, new NodeId(2), 3, new NodeAddress(0, 4, 5), true), Ping.Read(ref reader));
        Assert.True(reader.End);
    }

    static MemberRecord RoundTrip(MemberRecord record)
    {
        var reader = new MessagePackReader(Bytes(record));
        var read = MemberRecord.Read(ref reader);
        Assert.True(reader.End);
        return read;
    }

    static byte[] Bytes<TMessage>(TMessage message) where TMessage : IWireMessage<TMessage>
    {
        var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer);
        TMessage.Write(ref writer, message);
        writer.Flush();
        return buffer.Written.ToArray();
    }
}
