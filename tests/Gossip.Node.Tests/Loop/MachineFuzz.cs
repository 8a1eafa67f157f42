using System.Net;
using Gossip.Core;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Templates;
using Gossip.Core.Turns;
using Gossip.Core.Wire;
using Gossip.Node.Transport;

namespace Gossip.Node.Tests.Loop;

/// <summary>
/// What a member with the right key and broken code could send: real payloads of a talking pair of nodes with bytes
/// changed, cut, doubled and spliced, and pure noise under valid message headers. The machine refuses or ignores them.
/// </summary>
public sealed class MachineFuzz
{
    const int Payloads = 100_000;
    const int Seed = 20261123;

    /// <summary>Keeps what a machine sends, confirms what it persists, and hands timers back at once.</summary>
    sealed class Recorder : NodeEffects
    {
        public readonly List<byte[]> Sent = [];
        public readonly Queue<NodeInput> Due = [];
        public int Rejects;
        public bool Records = true;

        public override void Send(NodeAddress to, ReadOnlySpan<byte> datagram) => Keep(datagram);
        public override void SendFrame(NodeAddress to, ReadOnlySpan<byte> frame) => Keep(frame);
        public override void Wake(NodeTimer timer, TimeSpan after)
        {
            if (Records && Due.Count < 1000) Due.Enqueue(NodeInput.TimerDue(timer));
        }

        public override void Persist(LogPosition position, ReadOnlySpan<byte> record) => Due.Enqueue(NodeInput.Persisted(position));
        public override void Perform(PodCommand command) { }
        public override void Reply(RequestId request, Reply reply) { }
        public override void Rejected(NodeAddress from, Reject why) => Rejects++;
        public override void Note(NodeNote note) { }

        void Keep(ReadOnlySpan<byte> payload)
        {
            if (Records) Sent.Add(payload.ToArray());
        }
    }

    static readonly NodeAddress a = Addresses.ToNodeAddress(IPAddress.Loopback, 1), b = Addresses.ToNodeAddress(IPAddress.Loopback, 2);

    static NodeMachine Machine(string name, NodeAddress address, params NodeAddress[] seeds) => new(
        new NodeConfig(
            new NodeCard(name, address, Labels.Empty, [], new Resources(new MilliCpu(1000), new Bytes(1 << 30), default, 10, []), [RuntimeNames.InProcess], ""),
            [.. seeds], NodeTimings.Local, Seed, 1),
        new StoreContents(null, [], false));

    /// <summary>Lets two machines talk for a while, with an object and a pod to talk about; returns what was said.</summary>
    static List<byte[]> Talk(NodeMachine one, NodeMachine other, ref long ticks)
    {
        Recorder ofOne = new(), ofOther = new();
        one.Handle(NodeInput.Started(), At(ticks), ofOne);
        other.Handle(NodeInput.Started(), At(ticks), ofOther);
        one.Handle(NodeInput.PodReported(new PodsSurvived([])), At(ticks), ofOne);
        one.Handle(NodeInput.Asked(new RequestId(1), new CreateObject(new ObjectName("Pod", "default", "p"), "v1",
            [new ObjectField("spec.containers", """[{"name":"c","image":"i"}]"""u8.ToArray()), new ObjectField("spec.runtimeClassName", "\"in-process\""u8.ToArray())])), At(ticks), ofOne);
        List<byte[]> said = [];
        int heardByOne = 0, heardByOther = 0;
        for (var round = 0; round < 300; round++)
        {
            ticks += TimeSpan.TicksPerMillisecond * 50;
            for (; heardByOther < ofOne.Sent.Count; heardByOther++) other.Handle(NodeInput.DatagramArrived(a, ofOne.Sent[heardByOther]), At(ticks), ofOther);
            for (; heardByOne < ofOther.Sent.Count; heardByOne++) one.Handle(NodeInput.DatagramArrived(b, ofOther.Sent[heardByOne]), At(ticks), ofOne);
            if (ofOne.Due.TryDequeue(out var due)) one.Handle(due, At(ticks), ofOne);
            if (ofOther.Due.TryDequeue(out due)) other.Handle(due, At(ticks), ofOther);
        }
        said.AddRange(ofOne.Sent);
        said.AddRange(ofOther.Sent);
        return said;
    }

    static Now At(long ticks) => new(new Instant(ticks), new WallTime(1_700_000_000_000 + ticks / TimeSpan.TicksPerMillisecond));

    [Fact]
    public void Authentic_nonsense_changes_a_payload_s_fate_and_never_the_node_s()
    {
        var ticks = 0L;
        var machine = Machine("a", a, b);
        var said = Talk(machine, Machine("b", b, a), ref ticks);
        Assert.True(said.Count > 50, "they hardly talked; the fuzz would prove little");

        var random = new Random(Seed);
        var effects = new Recorder { Records = false };
        for (var i = 0; i < Payloads; i++)
        {
            var payload = Spoil(said, random);
            ticks += TimeSpan.TicksPerMillisecond;
            var input = random.Next(2) == 0 ? NodeInput.DatagramArrived(b, payload) : NodeInput.FrameArrived(b, payload);
            try
            {
                machine.Handle(input, At(ticks), effects);
            }
            catch (Exception escaped)
            {
                Assert.Fail($"payload {i} of seed {Seed}: {Convert.ToHexString(payload.Span)}\n{escaped}");
            }
            while (effects.Due.TryDequeue(out var due)) machine.Handle(due, At(ticks), effects);
        }
        Assert.True(effects.Rejects > Payloads / 20, $"only {effects.Rejects} were refused");

        // And it still does its work.
        var view = machine.View(At(ticks));
        Assert.Contains(view.Nodes, node => node.Member.Name == "a");
        Assert.True(view.Nodes.Length < 1000, $"{view.Nodes.Length} nodes: it grew");
    }

    static ReadOnlyMemory<byte> Spoil(List<byte[]> said, Random random)
    {
        var bytes = (byte[])said[random.Next(said.Count)].Clone();
        switch (random.Next(5))
        {
            case 0: // a few bytes changed, mostly in messages
                for (var flips = random.Next(1, 6); flips > 0; flips--) bytes[random.Next(Math.Min(16, bytes.Length - 1), bytes.Length)] = (byte)random.Next(256);
                return bytes;
            case 1:
                return bytes.AsMemory(0, random.Next(bytes.Length + 1));
            case 2: // two halves that do not belong together
                var other = said[random.Next(said.Count)];
                return (byte[])[.. bytes[..random.Next(bytes.Length)], .. other[random.Next(other.Length)..]];
            case 3: // noise under a valid header, of any kind of message
                var noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                return (byte[])[.. bytes[..16], (byte)random.Next(64), .. BitConverter.GetBytes(noise.Length), .. noise];
            default: // doubled and late, but whole
                return bytes;
        }
    }
}
