using System.CommandLine;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Cli.Verbs;

/// <summary>Which manifests a verb is about.</summary>
static class ManifestOptions
{
    public static Option<string[]> Files() =>
        new("--filename", "-f") { Description = "A file, a folder, or - for stdin; may be repeated", Required = true };

    public static Option<string> Namespace() =>
        new("--namespace", "-n")
        {
            Description = "For objects that name none", DefaultValueFactory = _ => ManifestValidator.DefaultNamespace,
        };
}
