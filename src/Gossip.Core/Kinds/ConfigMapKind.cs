namespace Gossip.Core.Kinds;

/// <summary>Texts and bytes that pods are configured by.</summary>
sealed class ConfigMapKind : ObjectKind
{
    public const string Kind = "ConfigMap";

    public override KindRole Role => KindRole.Configuration;
}
