using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Turns;

namespace Gossip.Core;

/// <summary>What sort of thing happened to a node.</summary>
enum NodeInputKind : byte
{
    Started, DatagramArrived, FrameArrived, StreamFailed, TimerDue, Persisted, PodReported, Asked, LeaveRequested, HostAnswered,

    /// <summary>The process is about to end.</summary>
    StopRequested,

    /// <summary>The disk is full, has room again, or failed.</summary>
    DiskReported,
}

/// <summary>
/// Everything that can happen to a node, one value each. A struct with a kind rather than a class for each kind,
/// because datagrams and timers come thousands of times a second and must not allocate; only the named
/// constructors make one, and only the fields that its kind speaks of are set.
/// </summary>
readonly record struct NodeInput
{
    public NodeInputKind Kind { get; private init; }

    /// <summary>Who sent the datagram or frame, or whom the failed stream was for.</summary>
    public NodeAddress Peer { get; private init; }

    /// <summary>The opened (authenticated, decrypted) payload. Valid during the call only.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private init; }

    public StreamFailure Failure { get; private init; }
    public NodeTimer Timer { get; private init; }
    public LogPosition Position { get; private init; }
    public PodReport? Report { get; private init; }
    public RequestId Request { get; private init; }
    public Request? Question { get; private init; }
    public HostAnswer? HostAnswer { get; private init; }

    /// <summary>Of a <see cref="NodeInputKind.DiskReported"/>.</summary>
    public DiskReport? Disk { get; private init; }

    /// <summary>The first input of a node's life: it begins to probe, gossip and join.</summary>
    public static NodeInput Started() => new() { Kind = NodeInputKind.Started };

    public static NodeInput DatagramArrived(NodeAddress from, ReadOnlyMemory<byte> payload) =>
        new() { Kind = NodeInputKind.DatagramArrived, Peer = from, Bytes = payload };

    public static NodeInput FrameArrived(NodeAddress from, ReadOnlyMemory<byte> payload) =>
        new() { Kind = NodeInputKind.FrameArrived, Peer = from, Bytes = payload };

    /// <summary>A frame could not be delivered, or (as <see cref="StreamFailure.Refused"/>) a datagram hit a closed port.</summary>
    public static NodeInput StreamFailed(NodeAddress to, StreamFailure why) =>
        new() { Kind = NodeInputKind.StreamFailed, Peer = to, Failure = why };

    public static NodeInput TimerDue(NodeTimer timer) => new() { Kind = NodeInputKind.TimerDue, Timer = timer };

    /// <summary>Every record up to and including <paramref name="position"/> survives a power cut.</summary>
    public static NodeInput Persisted(LogPosition position) => new() { Kind = NodeInputKind.Persisted, Position = position };

    /// <summary>
    /// The disk is full, has room again, or failed. After <see cref="DiskState.Failing"/> nothing is persisted any more; the node gives up
    /// its pods to others, if there are any, until <see cref="NodeMachine.HasGivenUp"/>.
    /// </summary>
    public static NodeInput DiskReported(DiskReport report) => new() { Kind = NodeInputKind.DiskReported, Disk = report };

    public static NodeInput PodReported(PodReport report) => new() { Kind = NodeInputKind.PodReported, Report = report };

    /// <summary>A user asks; the answer comes as <see cref="NodeEffects.Reply"/> with the same id, exactly once.</summary>
    public static NodeInput Asked(RequestId id, Request question) =>
        new() { Kind = NodeInputKind.Asked, Request = id, Question = question };

    /// <summary>To a <see cref="NodeEffects.AskHost"/>.</summary>
    public static NodeInput HostAnswered(HostAnswer answer) => new() { Kind = NodeInputKind.HostAnswered, HostAnswer = answer };

    /// <summary>Leave the cluster gracefully: say so, and stop what runs here after others could take over.</summary>
    public static NodeInput LeaveRequested() => new() { Kind = NodeInputKind.LeaveRequested };

    /// <summary>
    /// This process is about to end: take nothing more, and end what cannot outlive it
    /// (pods of <see cref="Templates.RuntimeNames.InProcess"/>).
    /// The node stays a member meanwhile, so that nobody takes such a pod over before it has ended.
    /// </summary>
    public static NodeInput StopRequested() => new() { Kind = NodeInputKind.StopRequested };
}
