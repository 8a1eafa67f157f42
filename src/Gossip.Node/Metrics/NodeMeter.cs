using System.Diagnostics.Metrics;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Core.Wire;

namespace Gossip.Node.Metrics;

/// <summary>
/// The figures of one node, under the meter "Gossip"; every one carries the node's name. Counting allocates nothing.
/// Thread-safe.
/// </summary>
sealed class NodeMeter : IDisposable
{
    /// <summary>What to give to <c>dotnet-counters</c> or OpenTelemetry.</summary>
    public const string Name = "Gossip";

    static readonly Reject[] reasons = Enum.GetValues<Reject>();

    readonly Meter meter;

    internal Meter Meter => meter;

    readonly long[] rejects = new long[reasons.Length];
    volatile int members, pods;
    long datagramsIn, datagramsOut, framesIn, framesOut, bytesIn, bytesOut, overloads, turns;

    public NodeMeter(string node)
    {
        KeyValuePair<string, object?>[] tags = [new("node", node)];
        meter = new Meter(Name, null, tags);
        meter.CreateObservableCounter("gossip.datagrams.received", () => Volatile.Read(ref datagramsIn));
        meter.CreateObservableCounter("gossip.datagrams.sent", () => Volatile.Read(ref datagramsOut));
        meter.CreateObservableCounter("gossip.frames.received", () => Volatile.Read(ref framesIn));
        meter.CreateObservableCounter("gossip.frames.sent", () => Volatile.Read(ref framesOut));
        meter.CreateObservableCounter("gossip.bytes.received", () => Volatile.Read(ref bytesIn), "By", "opened payloads");
        meter.CreateObservableCounter("gossip.bytes.sent", () => Volatile.Read(ref bytesOut), "By", "payloads before sealing");
        meter.CreateObservableCounter("gossip.datagrams.overload", () => Volatile.Read(ref overloads), null, "dropped because the node was too busy");
        meter.CreateObservableCounter("gossip.turns", () => Volatile.Read(ref turns), null, "inputs that the machine handled");
        meter.CreateObservableGauge("gossip.queue.length", () => QueueLength());
        meter.CreateObservableGauge("gossip.members", () => members, null, "live members, as last seen");
        meter.CreateObservableGauge("gossip.pods", () => pods, null, "pods standing on this node, as last seen");
        meter.CreateObservableCounter("gossip.rejects", () => reasons.Where(reason => reason != Reject.None)
            .Select(reason => new Measurement<long>(RejectsOf(reason), new KeyValuePair<string, object?>("reason", reason.ToString()))));
    }

    public Func<int> QueueLength { private get; set; } = () => 0;

    /// <summary>Takes the numbers of members and pods from a view that somebody asked for.</summary>
    public void Saw(ClusterView view)
    {
        members = view.Nodes.Count(node => node.Member.IsLive);
        pods = view.Pods.Count(pod => pod.Standing?.Node == view.Self);
    }

    public long RejectsOf(Reject reason) => Volatile.Read(ref rejects[(int)reason]);
    public void Rejected(Reject reason) => Interlocked.Increment(ref rejects[(int)reason]);
    public void Overloaded() => Interlocked.Increment(ref overloads);
    public void Turn() => Interlocked.Increment(ref turns);

    public void DatagramIn(int bytes) => Count(ref datagramsIn, ref bytesIn, bytes);
    public void DatagramOut(int bytes) => Count(ref datagramsOut, ref bytesOut, bytes);
    public void FrameIn(int bytes) => Count(ref framesIn, ref bytesIn, bytes);
    public void FrameOut(int bytes) => Count(ref framesOut, ref bytesOut, bytes);

    public void Dispose() => meter.Dispose();

    static void Count(ref long count, ref long sum, int bytes)
    {
        Interlocked.Increment(ref count);
        Interlocked.Add(ref sum, bytes);
    }
}
