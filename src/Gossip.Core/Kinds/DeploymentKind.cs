namespace Gossip.Core.Kinds;

/// <summary>So many alike pods.</summary>
sealed class DeploymentKind : ReplicatedKind
{
    public const string Kind = "Deployment";
}
