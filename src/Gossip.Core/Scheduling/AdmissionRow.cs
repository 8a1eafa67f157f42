using System.Collections.Immutable;
using Gossip.Core.Model;

namespace Gossip.Core.Scheduling;

public enum PodPhase : byte { Pending, Running, Succeeded, Failed }

/// <summary>How one container does.</summary>
public readonly record struct ContainerState(
    string Name, ContainerStage Stage, int Restarts, WallTime Since, int ExitCode, string Reason, string Message);

public enum ContainerStage : byte { Waiting, Running, Terminated }

/// <summary>The birth cell of an admission: fixed for ever.</summary>
/// <param name="Winner">What the award said: "won with 71 over 4 bids", for <c>why</c>.</param>
public sealed record AdmissionBirth(NodeId Node, PodRun Run, Stamp AdmittedAt, string Winner);

/// <summary>The status cell of an admission: its own node overwrites it.</summary>
/// <param name="Rank">0, or raised once a ready copy had to outrank an unready first.</param>
/// <param name="Draining">Final: an earlier admission stands and is ready.</param>
/// <param name="StartedAt">When the pod was prepared; 0 before.</param>
public sealed record AdmissionStatus(
    uint Rank, bool Draining, PodPhase Phase, bool Ready, string Ip, WallTime StartedAt,
    ImmutableArray<ContainerState> Containers, string Reason, string Message)
{
    public static readonly AdmissionStatus Admitted = new(0, false, PodPhase.Pending, false, "", default, [], "", "");
}

/// <summary>An admission as the tables hold it.</summary>
public sealed record Admission(Uid Uid, AdmissionBirth Birth, AdmissionStatus Status)
{
    public NodeId Node => Birth.Node;
    public PodRun Run => Birth.Run;

    /// <summary>
    /// The order of two admissions of one pod (ALGORITHM.md, Auction 5): rank, highest first, then who admitted first, then node
    /// id. Never readiness: a rule by readiness drains both copies when each is unready to the other.
    /// </summary>
    public bool Precedes(Admission other)
    {
        if (Status.Rank != other.Status.Rank) return Status.Rank > other.Status.Rank;
        if (Birth.AdmittedAt != other.Birth.AdmittedAt) return Birth.AdmittedAt.CompareTo(other.Birth.AdmittedAt) < 0;
        return Node.CompareTo(other.Node) < 0;
    }
}
