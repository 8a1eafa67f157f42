using System.Collections.Immutable;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;

namespace Gossip.Core.Tables;

/// <summary>The phase of a pod, as Kubernetes names it.</summary>
public enum PodPhase : byte
{
    /// <summary>It is admitted, and not all of its containers have started.</summary>
    Pending,

    /// <summary>It has started.</summary>
    Running,

    /// <summary>All of its containers have ended well and none starts again.</summary>
    Succeeded,

    /// <summary>It has ended, a container of it badly, and none starts again.</summary>
    Failed,
}

/// <summary>How one container does: init containers, sidecars and main ones alike, which it is says the template.</summary>
/// <param name="Since">When its present stage began: for a running one when it started, for a terminated one when it ended.</param>
/// <param name="Reason">As Kubernetes has it: <c>PodInitializing</c>, <c>CrashLoopBackOff</c>, <c>Completed</c> …</param>
public readonly record struct ContainerState(
    string Name, ContainerStage Stage, int Restarts, WallTime Since, int ExitCode, string Reason, string Message)
{
    /// <summary>It runs, has started, and its readiness probe passes; of an init container: it succeeded.</summary>
    public bool Ready { get; init; }

    /// <summary>It runs, its postStart hook is done and its startup probe has passed.</summary>
    public bool Started { get; init; }

    /// <summary>How the run before this one ended; null when there was none, or no room to tell.</summary>
    public ContainerEnd? Last { get; init; }
}

/// <summary>How a container ended.</summary>
public readonly record struct ContainerEnd(int ExitCode, string Reason, WallTime At);

/// <summary>
/// Something lately that only the pod's own node saw, for others to show as an event. Its count is told anew when it
/// has doubled, so that n failures of a probe cost log n writes.
/// </summary>
/// <param name="Reason"><c>Unhealthy</c>, <c>Pulled</c>, <c>FailedPostStartHook</c> …</param>
/// <param name="Container">Empty for the pod.</param>
public readonly record struct PodNote(string Reason, string Container, string Message, int Count)
{
    /// <summary>What makes two notes of a reason different; what follows it may differ each time.</summary>
    public string Subject => Message.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end ? Message[..end] : Message;
}

/// <summary>Where a container is in its life.</summary>
public enum ContainerStage : byte
{
    /// <summary>It has not started, or waits to start again.</summary>
    Waiting,

    /// <summary>Its first process runs.</summary>
    Running,

    /// <summary>It has ended.</summary>
    Terminated,
}

/// <summary>The birth cell of an admission: fixed for ever.</summary>
/// <param name="Says">What else there is to say of it for <c>why</c>: whom it evicted. Mostly empty.</param>
public sealed record AdmissionBirth(NodeId Node, PodRun Run, Stamp AdmittedAt, string Says)
{
    /// <summary>Null when it was not auctioned.</summary>
    public Victory? Won { get; init; }

    /// <summary>For people: "won with 71 over 4 other bids, evicting web-1".</summary>
    public string Winner => Won is not { } won ? Says : Says.Length == 0 ? won.ToString() : $"{won}, {Says}";

    /// <summary>Which of its node's devices it has; null for none.</summary>
    public DeviceGrant? Devices { get; init; }

    /// <summary>The pod's when it was admitted: a class that changes later makes nobody a victim.</summary>
    public int Priority { get; init; }

    /// <summary>Its pod's policy: of two copies the later admitted comes first. Alike in all admissions of a pod.</summary>
    public bool KeepsNewest { get; init; }
}

/// <summary>The status cell of an admission: its own node overwrites it.</summary>
/// <param name="Rank">0, or raised once a ready copy had to outrank an unready first.</param>
/// <param name="Draining">Final: an earlier admission stands and is ready.</param>
/// <param name="StartedAt">When the pod was prepared; 0 before.</param>
public sealed record AdmissionStatus(
    uint Rank, bool Draining, PodPhase Phase, bool Ready, string Ip, WallTime StartedAt,
    ImmutableArray<ContainerState> Containers, string Reason, string Message)
{
    /// <summary>The status at the moment of the admission.</summary>
    public static readonly AdmissionStatus Admitted = new(0, false, PodPhase.Pending, false, "", default, [], "", "");

    /// <summary>For good: the pod is not restarted.</summary>
    public bool HasEnded => Phase is PodPhase.Succeeded or PodPhase.Failed;

    /// <summary>When <see cref="Ready"/> last changed; 0 when it never did.</summary>
    public WallTime ReadySince { get; init; }

    /// <summary>The last few, oldest first.</summary>
    public ImmutableArray<PodNote> Notes { get; init; } = [];

    /// <summary>Says the same; records compare arrays by reference.</summary>
    public bool SaysTheSame(AdmissionStatus other) =>
        this with { Containers = [], Notes = [] } == other with { Containers = [], Notes = [] }
        && Containers.AsSpan().SequenceEqual(other.Containers.AsSpan()) && Notes.AsSpan().SequenceEqual(other.Notes.AsSpan());
}

/// <summary>
/// An admission as the tables hold it: what is asked of it all the time, and its row for the rest, which would be in every
/// node's memory twice.
/// </summary>
public sealed record Admission
{
    readonly bool hasDevices;

    internal Admission(Row row, AdmissionBirth birth, AdmissionStatus status)
    {
        Row = row;
        hasDevices = birth.Devices is not null;
        (Node, Run, AdmittedAt, Priority, KeepsNewest, Status) = (birth.Node, birth.Run, birth.AdmittedAt, birth.Priority, birth.KeepsNewest, status);
    }

    /// <summary>One that no table has.</summary>
    public Admission(Uid uid, AdmissionBirth birth, AdmissionStatus status)
        : this(new Row(uid, RowKind.Admission, [new Cell(Fields.Birth, uid.Birth, 1, birth.AdmittedAt, AdmissionCodec.Write(birth))]), birth, status) { }

    Row Row { get; init; }

    /// <summary>The uid of the pod.</summary>
    public Uid Uid => Row.Uid;

    /// <summary>The node that admitted it.</summary>
    public NodeId Node { get; }

    /// <summary>The pod and the epoch of its run.</summary>
    public PodRun Run { get; }

    /// <summary>When it was admitted.</summary>
    public Stamp AdmittedAt { get; }

    /// <summary>The pod's priority at its admission.</summary>
    public int Priority { get; }

    /// <summary>Whether the newest of two admissions stays, in place of the oldest.</summary>
    public bool KeepsNewest { get; }

    /// <summary>What its node last told.</summary>
    public AdmissionStatus Status { get; init; }

    /// <summary>All of it, read anew at each call.</summary>
    public AdmissionBirth Birth => AdmissionCodec.ReadBirth(Row[Fields.Birth]!.Value.Value);

    /// <summary>The devices it holds; null when it asked for none.</summary>
    public DeviceGrant? Devices => hasDevices ? Birth.Devices : null;

    /// <summary>As its row has it now: its birth never changes.</summary>
    internal Admission As(Row now, AdmissionStatus status) => this with { Row = now, Status = status };

    /// <summary>
    /// The order of two admissions of one pod (ALGORITHM.md, Auction 5): rank, highest first, then who admitted first (last,
    /// where the pod keeps the newest), then node id. Never readiness: a rule by readiness drains both copies when each is unready to the other.
    /// </summary>
    public bool Precedes(Admission other)
    {
        if (Status.Rank != other.Status.Rank) return Status.Rank > other.Status.Rank;
        if (AdmittedAt != other.AdmittedAt) return AdmittedAt.CompareTo(other.AdmittedAt) < 0 != (KeepsNewest || other.KeepsNewest);
        return Node.CompareTo(other.Node) < 0;
    }
}
