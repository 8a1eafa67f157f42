namespace Gossip.Core.Kinds;

/// <summary>So many alike pods.</summary>
sealed class ReplicaSetKind : ReplicatedKind
{
    public const string Kind = "ReplicaSet";
}
