namespace Gossip.Core.Kinds;

/// <summary>So many alike pods.</summary>
sealed class ReplicationControllerKind : ReplicatedKind
{
    public const string Kind = "ReplicationController";
}
