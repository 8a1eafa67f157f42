using System.Collections.Immutable;

namespace Gossip.Node;

/// <summary>What one host knows of its cluster at one moment.</summary>
/// <param name="Joined">Its tables are as good as the others', or it stands alone.</param>
/// <param name="Members">Everybody known, those that are gone too; by name.</param>
/// <param name="Workloads">What host apps declared, wherever; by name.</param>
public sealed record GossipState(bool Joined, ImmutableArray<ClusterMember> Members, ImmutableArray<WorkloadState> Workloads)
{
    /// <summary>By what they say, not by which arrays say it.</summary>
    public bool Equals(GossipState? other) =>
        other is not null && Joined == other.Joined && Members.AsSpan().SequenceEqual(other.Members.AsSpan())
            && Workloads.AsSpan().SequenceEqual(other.Workloads.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Joined, Members.Length, Workloads.Length);
}

/// <summary>A host, as another sees it.</summary>
/// <param name="Address">Where it listens, as <c>10.0.0.7:7373</c>.</param>
/// <param name="IsSelf">It is the host that looks.</param>
public sealed record ClusterMember(string Name, string Address, MemberHealth Health, bool IsSelf);

/// <summary>What a host believes of another.</summary>
public enum MemberHealth : byte
{
    /// <summary>It answers.</summary>
    Alive,

    /// <summary>It has not answered for a moment; what runs there counts as running.</summary>
    Suspect,

    /// <summary>It does not answer any more; others take over what ran there.</summary>
    Dead,

    /// <summary>It said goodbye.</summary>
    Left,
}

/// <summary>A workload that some host app declared.</summary>
/// <param name="Copies">How many are wanted.</param>
/// <param name="Running">Each that is wanted or still runs; by ordinal.</param>
public sealed record WorkloadState(string Name, int Copies, ImmutableArray<CopyState> Running)
{
    /// <summary>How many run.</summary>
    public int Ready => Running.Count(copy => copy.IsReady);

    /// <summary>By what they say, not by which arrays say it.</summary>
    public bool Equals(WorkloadState? other) =>
        other is not null && Name == other.Name && Copies == other.Copies && Running.AsSpan().SequenceEqual(other.Running.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Copies, Running.Length);
}

/// <summary>One copy of a workload.</summary>
/// <param name="Node">The host that has it; null while nobody has.</param>
/// <param name="IsReady">Its code runs.</param>
/// <param name="IsDone">Its code has run to its end (<see cref="RestartPolicy.OnFailure"/>, <see cref="RestartPolicy.Once"/>).</param>
/// <param name="Waiting">Why nobody has it, or why it does not run there; empty when it does.</param>
public sealed record CopyState(int Ordinal, string PodName, string? Node, bool IsReady, bool IsDone, string Waiting);
