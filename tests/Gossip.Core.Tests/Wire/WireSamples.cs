using System.Collections.Immutable;
using System.Reflection;
using Gossip.Core.Disruption;
using Gossip.Core.Leases;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Core.Tests.Wire;

/// <summary>One value of everything that travels, with no field at its default where that would hide it.</summary>
static class WireSamples
{
    public sealed record Sample(string Name, MessageKind Kind, byte[] Body, byte[] Again, Func<byte[]> ReadWithOneMore);

    static readonly NodeAddress Address = NodeAddress.V4(0x7F000001, 7373);
    static readonly NodeId Node = NodeId.Of("a");
    static readonly PodRun Run = new(new PodId(new Uid(0x11, 1), 2, 0x77), new Epoch(3));
    static readonly ScoreParts Parts = Tables.ScorePartsTests.Of((0, 979), (3, 500), (63, -20));
    static readonly Resources Room = new(new MilliCpu(4000), new Bytes(1L << 32), new Bytes(1L << 33), 110, [new ExtendedResource("example.com/gpu", 2)]) { Devices = new([new DeviceGroup("gpu", "A10", [1000, 1000, 300])]) };
    static readonly Capacity Capacity = new(5, 6, Room, "starting")
    {
        LostRuntimes = "docker", HostFault = "host filter x failed", StoreDamage = "the log is missing", Disk = DiskState.Full,
        Pressures = Pressures.Disk | Pressures.Processes,
    };
    static readonly NodeCard Card = new(
        "a", Address, Labels.Of(("zone", "z1")), [new Taint("gpu", "yes", TaintEffect.NoSchedule)], Room, [RuntimeNames.Process], "http://127.0.0.1:8080");
    static readonly MemberRecord Member = new(Card, new Incarnation(5, 1), MemberState.Suspect, TimeSpan.FromSeconds(9), Capacity);
    static readonly Row Row = new(new Uid(0x11, 1), RowKind.Object,
    [
        new Cell(Fields.Birth, new Dot(new WriterId(0x11), 1), 1, new Stamp(8), new ObjectBirth(new ObjectName("Pod", "default", "web"), "v1").ToBytes()),
        new Cell("spec.replicas", new Dot(new WriterId(0x22), 4), 2, new Stamp(9), "3"u8.ToArray()),
    ]);
    static readonly byte[] Hashes = new byte[Digest.HashesBytes];
    static readonly byte[] Listed = [.. Enumerable.Repeat((byte)0xFF, ShardList.ListedBytes)];
    static readonly byte[] Uids = new byte[WireBytes.UidBytes];

    public static readonly ImmutableArray<Sample> Messages =
    [
        Of(new Ping(1, Node, 2, Address, true)),
        Of(new Ack(1, Node, 2, Address)),
        Of(new PingRequest(1, Node, Address, Address)),
        Of(Member),
        Of(new CapacityNews(Node, Capacity)),
        Of(new MemberSync(Address, true, new[] { Member }, new[] { new RememberedAddress(Node, Address) })),
        Of(new Accusation(Node, new Incarnation(5, 1), new NodeId(3))),
        Of(new NameQuery(Node, 7)),
        Of(new NameAnswer(Node, Address, false, 7)),
        Of(new RowDelta(Row)),
        Of(RowRemoval.Of(Row)),
        Of(new Digest(Hashes, 7, true)),
        Of(new ShardList(7, Hashes, Listed, new byte[ShardList.EntryBytes], Context())),
        Of(new Repair(7, 1, RepairFlags.Last | RepairFlags.Complete, Context(), Uids, Uids, [Row])),
        Of(new Ask(9, Run, MayEvict: true)),
        Of(new Bid(9, Run, 710, "warmth 500", new PreemptionCost(1, 1000, 2147485648, 2, new Stamp(8)), Parts)),
        Of(new Refusal(9, Run, 5, 6, 250, "needs 2 cpu, 1.5 free", new Epoch(4))),
        Of(new Award(9, Run, new Victory(710, 3, true), Run)),
        Of(new Verdict(9, Run, true, "admitted")),
        Of(new Release(9, Run)),
        Of(new Unheard(9, Run)),
        Of(new EvictionAsk(9, Run, true, true)),
        Of(new EvictionReply(9, Run, EvictionVerdict.Forbidden, "needs 2 healthy pods")),
        Of(new LeaseAsk(9, Run, 4)),
        Of(new LeaseReply(9, Run, LeaseVerdict.Held, "has granted it to b")),
        Of(new LeaseEnd(9, Run)),
        Of(new VoteAsk(4, new Ballot(2, Node, 5), ["a", "b"])),
        Of(new VoteReply(4, new Ballot(2, Node, 5), true, new Ballot(3, Node, 6), new Ballot(1, Node, 4), ["a"], "is no voter")),
    ];

    static readonly (string Name, byte[] Value)[] Cells =
    [
        ("Object \"\"", new ObjectBirth(new ObjectName("Pod", "default", "web"), "v1").ToBytes()),
        ("Slot \"\"", PodCodec.SlotBirth(Run.Pod)),
        ("Admission \"\"", AdmissionCodec.Write(new AdmissionBirth(Node, Run, new Stamp(8), "evicting b") { Won = new Victory(710, 3, true), Devices = new DeviceGrant(0, 5), Priority = 1000, KeepsNewest = true })),
        ("Admission \"status\"", AdmissionCodec.Write(new AdmissionStatus(1, true, PodPhase.Running, true, "127.1.2.3", new WallTime(5),
            [new ContainerState("web", ContainerStage.Terminated, 2, new WallTime(4), 137, "Error", "killed") { Ready = true, Started = true, Last = new(1, "OOMKilled", new WallTime(3)) }],
            "Evicted", "drained") { ReadySince = new WallTime(6), Notes = [new PodNote("Unhealthy", "web", "says no", 8)] })),
        ("Summary \"round\"", new RoundSummary(Run, Node, 2, 5, 2, Node, new Stamp(8),
            [new RoundAnswer(Node, 710, "") { Parts = Parts }, new RoundAnswer(Node, 1, "warmth 500") { Evicts = new PreemptionCost(1, 1000, 0, 2, Stamp.Zero) }, new RoundAnswer(Node, -1, "full")]).Cell.ToArray()),
        ("Summary \"round\"", new RoundSummary(Run, Node, 2, 5, 0, NodeId.None, new Stamp(8), [], "gang a needs 2 together, 1 fit").Cell.ToArray()),
    ];

    static readonly Type[] Numbered =
    [
        typeof(MessageKind), typeof(RowKind), typeof(RepairFlags), typeof(MemberState), typeof(TaintEffect), typeof(PodPhase), typeof(ContainerStage), typeof(EvictionVerdict), typeof(RunEnd), typeof(LeaseVerdict), typeof(DiskState), typeof(Pressures),
    ];

    /// <summary>The lines of the frozen file.</summary>
    public static IEnumerable<string> Rendered()
    {
        yield return "# Message bodies: number, name, MessagePack. FrozenWireTests compares; elements may only be added at the end of an array.";
        foreach (var sample in Messages) yield return $"{(byte)sample.Kind} {sample.Name} {MessagePackText.Of(sample.Body)}";
        yield return "";
        yield return "# A datagram: sender, boot, then kind, length, body of each message.";
        yield return Datagram();
        yield return "";
        yield return "# Values of the cells that have a form of their own: kind of row, field, MessagePack.";
        foreach (var (name, value) in Cells) yield return $"{name} {MessagePackText.Of(value)}";
        yield return "";
        yield return "# Names of fields that the core reads.";
        foreach (var field in typeof(Fields).GetFields(BindingFlags.Public | BindingFlags.Static)) yield return $"{field.Name} \"{field.GetValue(null)}\"";
        yield return "";
        yield return "# Numbers within messages and cells.";
        foreach (var type in Numbered) yield return $"{type.Name} {string.Join(' ', Enum.GetValuesAsUnderlyingType(type).Cast<byte>().Select(value => $"{Enum.GetName(type, value)}={value}"))}";
    }

    static string Datagram()
    {
        var buffer = new WireBuffer();
        Envelope.WriteHeader(buffer, Node, 5);
        Envelope.Append(buffer, new Ask(9, Run));
        return Convert.ToHexStringLower(buffer.Written);
    }

    static byte[] Context()
    {
        var context = new CausalContext();
        context.Add(new Dot(new WriterId(0x11), 1));
        context.Add(new Dot(new WriterId(0x11), 3));
        return WireContext.Of(context);
    }

    static Sample Of<T>(T message) where T : IWireMessage<T>
    {
        var body = Body(message);
        return new Sample(typeof(T).Name, T.Kind, body, Again<T>(body), () => Again<T>(WithOneMore(body)));
    }

    static byte[] Again<T>(byte[] body) where T : IWireMessage<T>
    {
        var reader = new MessagePackReader(body);
        var message = T.Read(ref reader);
        Assert.True(reader.End, $"{typeof(T).Name} leaves {body.Length - reader.Consumed} bytes unread");
        return Body(message);
    }

    /// <summary>The same array with an element that this build does not know.</summary>
    static byte[] WithOneMore(byte[] body)
    {
        Assert.InRange(body[0], MessagePackCode.MinFixArray, MessagePackCode.MaxFixArray - 1);
        return [(byte)(body[0] + 1), .. body[1..], MessagePackCode.MinFixArray + 2, 1, MessagePackCode.Nil];
    }

    static byte[] Body<T>(T message) where T : IWireMessage<T>
    {
        var buffer = new WireBuffer();
        Envelope.Append(buffer, message);
        return buffer.Written[Limits.MessageHeader..].ToArray();
    }
}
