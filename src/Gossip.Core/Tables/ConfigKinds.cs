namespace Gossip.Core.Tables;

/// <summary>The kinds whose objects pods are configured by.</summary>
static class ConfigKinds
{
    public const string ConfigMap = "ConfigMap", Secret = "Secret";

    public static bool Has(string kind) => kind is ConfigMap or Secret;
}
