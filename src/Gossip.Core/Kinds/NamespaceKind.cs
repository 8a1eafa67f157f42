namespace Gossip.Core.Kinds;

/// <summary>A namespace's labels, by which terms of affinity choose it. A namespace without an object is there all the same.</summary>
sealed class NamespaceKind : ObjectKind
{
    public const string Kind = "Namespace";

    public override KindRole Role => KindRole.NamespaceLabels;
}
