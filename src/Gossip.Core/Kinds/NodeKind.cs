namespace Gossip.Core.Kinds;

/// <summary>The operator's side of a node: labels, taints, whether it takes pods.</summary>
sealed class NodeKind : ObjectKind
{
    public const string Kind = "Node";

    public override KindRole Role => KindRole.NodeSettings;
}
