namespace Gossip.Core.Kinds;

/// <summary>A name and an address for the ready pods that it selects.</summary>
sealed class ServiceKind : ObjectKind
{
    public const string Kind = "Service";

    public override KindRole Role => KindRole.Service;
}
