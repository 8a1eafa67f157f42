namespace Gossip.Core.Kinds;

/// <summary>Bytes that pods are configured by, and that are nobody else's business.</summary>
sealed class SecretKind : ObjectKind
{
    public const string Kind = "Secret";

    public override KindRole Role => KindRole.Configuration;
}
