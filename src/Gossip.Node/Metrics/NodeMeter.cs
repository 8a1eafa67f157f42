using System.Diagnostics.Metrics;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Node.Metrics;

/// <summary>
/// The figures of one node, under the meter "Gossip", in UCUM units; every one carries the node's name. Counting allocates nothing.
/// Thread-safe.
/// </summary>
sealed class NodeMeter : IDisposable
{
    /// <summary>What to give to <c>dotnet-counters</c> or OpenTelemetry.</summary>
    public const string Name = "Gossip";

    static readonly Reject[] reasons = Enum.GetValues<Reject>();

    /// <summary>Seconds: from a delegate's start to an image's pull and a back-off.</summary>
    static readonly InstrumentAdvice<double> seconds = new(
        ) { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    readonly Meter meter;

    internal Meter Meter => meter;

    readonly Histogram<double> workloadStart, auction;
    readonly long[] rejects = new long[reasons.Length];
    volatile int members, pods;
    long datagramsIn, datagramsOut, framesIn, framesOut, bytesIn, bytesOut, overloads, turns;

    public NodeMeter(string node)
    {
        KeyValuePair<string, object?>[] tags = [new("node", node)];
        meter = new Meter(Name, null, tags);
        meter.CreateObservableCounter("gossip.datagrams.received", () => Volatile.Read(ref datagramsIn), "{datagram}");
        meter.CreateObservableCounter("gossip.datagrams.sent", () => Volatile.Read(ref datagramsOut), "{datagram}");
        meter.CreateObservableCounter("gossip.frames.received", () => Volatile.Read(ref framesIn), "{frame}");
        meter.CreateObservableCounter("gossip.frames.sent", () => Volatile.Read(ref framesOut), "{frame}");
        meter.CreateObservableCounter("gossip.bytes.received", () => Volatile.Read(ref bytesIn), "By", "opened payloads");
        meter.CreateObservableCounter("gossip.bytes.sent", () => Volatile.Read(ref bytesOut), "By", "payloads before sealing");
        meter.CreateObservableCounter("gossip.datagrams.overload", () =>
            Volatile.Read(ref overloads), "{datagram}", "dropped because the node was too busy");
        meter.CreateObservableCounter("gossip.turns", () => Volatile.Read(ref turns), "{turn}", "inputs that the machine handled");
        meter.CreateObservableGauge("gossip.queue.length", () => QueueLength(), "{input}", "inputs that wait for the machine");
        meter.CreateObservableGauge("gossip.members", () => members, "{member}", "live members");
        meter.CreateObservableGauge("gossip.pods", () => pods, "{pod}", "pods that this node has admitted");
        meter.CreateObservableCounter("gossip.rejects", () => reasons.Where(reason => reason != Reject.None)
            .Select(reason => new Measurement<long>(RejectsOf(reason), new KeyValuePair<string, object?>("reason", reason.ToString()))),
            "{message}", "what was dropped, by reason");
        workloadStart = meter.CreateHistogram("gossip.workload.start.duration", "s",
            "from when the node prepared a copy until its code was entered", advice: seconds);
        auction = meter.CreateHistogram("gossip.auction.duration", "s",
            "from an open place until somebody had admitted its pod, of auctions that this node called", advice: seconds);
    }

    public Func<int> QueueLength { private get; set; } = () => 0;

    /// <summary>How many there are now.</summary>
    public void Counts(int liveMembers, int ownPods) => (members, pods) = (liveMembers, ownPods);

    public long RejectsOf(Reject reason) => Volatile.Read(ref rejects[(int)reason]);
    public void Rejected(Reject reason) => Interlocked.Increment(ref rejects[(int)reason]);
    public void Overloaded() => Interlocked.Increment(ref overloads);
    public void Turn() => Interlocked.Increment(ref turns);

    public void DatagramIn(int bytes) => Count(ref datagramsIn, ref bytesIn, bytes);
    public void DatagramOut(int bytes) => Count(ref datagramsOut, ref bytesOut, bytes);
    public void FrameIn(int bytes) => Count(ref framesIn, ref bytesIn, bytes);
    public void FrameOut(int bytes) => Count(ref framesOut, ref bytesOut, bytes);

    public void WorkloadStarted(string workload, TimeSpan took) =>
        workloadStart.Record(took.TotalSeconds, new KeyValuePair<string, object?>("workload", workload));

    public void Measured(NodeMeasure what, TimeSpan took)
    {
        if (what == NodeMeasure.Auction) auction.Record(took.TotalSeconds);
    }

    public void Dispose() => meter.Dispose();

    static void Count(ref long count, ref long sum, int bytes)
    {
        Interlocked.Increment(ref count);
        Interlocked.Add(ref sum, bytes);
    }
}
