using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Bench;

/// <summary>One message written and read back; the baseline has a plain member record as JSON.</summary>
[MemoryDiagnoser]
public class WireCodecBench
{
    readonly WireBuffer buffer = new();
    readonly MemberRecord record = new(
        Samples.Card(1), new Incarnation(1_790_000_000, 0), MemberState.Alive, TimeSpan.Zero, Samples.Member(1).Capacity);
    readonly RowDelta delta = new(Samples.Deployment(10));
    readonly Ping ping = new(77, NodeId.Of("node-1"), 0x1234_5678_9ABC_DEF0, Samples.Card(1).Address, false);

    readonly PlainMember plain = new(
        "node-1", "10.0.0.1:7946", new() { ["kubernetes.io/arch"] = "amd64", ["topology.kubernetes.io/zone"] = "zone-1" },
        ["in-process", "process"], "http://10.0.0.1:8080", 1_790_000_000, 0, "Alive",
        new(16_000, 64L << 30, 1L << 40, 110), new(9_000, 36L << 30, 1L << 40, 75));

    /// <summary>What a member record says, in the types that a serializer takes as they are.</summary>
    public sealed record PlainMember(
        string Name, string Address, Dictionary<string, string> Labels, string[] Runtimes, string ApiUrl,
        ulong Boot, uint Refutation, string State, PlainResources Allocatable, PlainResources Free);

    public sealed record PlainResources(long Cpu, long Memory, long Disk, int Pods);

    [Benchmark(Baseline = true)]
    public string MemberAsJson() => JsonSerializer.Deserialize<PlainMember>(JsonSerializer.SerializeToUtf8Bytes(plain))!.State;

    [Benchmark]
    public MemberState Member() => RoundTrip(record).State;

    [Benchmark]
    public ulong PingMessage() => RoundTrip(ping).Seq;

    [Benchmark]
    public int DeploymentRow() => RoundTrip(delta).Row.Cells.Length;

    TMessage RoundTrip<TMessage>(in TMessage message) where TMessage : IWireMessage<TMessage>
    {
        buffer.Clear();
        Envelope.Append(buffer, message);
        var rest = buffer.WrittenMemory;
        Envelope.TryNext(ref rest, out _, out var body, out _);
        var reader = new MessagePackReader(body);
        return TMessage.Read(ref reader);
    }
}
