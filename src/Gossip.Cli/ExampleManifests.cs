using Gossip.Cli.Client;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Cli;

/// <summary>The manifests of <c>examples/manifests</c>, carried inside the program so that the demo needs no checkout.</summary>
static class ExampleManifests
{
    public static ManifestPlan Plan(string file)
    {
        using var stream = typeof(ExampleManifests).Assembly.GetManifestResourceStream($"examples/{file}")
            ?? throw new CliFailure($"this build does not carry examples/manifests/{file}");
        using var reader = new StreamReader(stream);
        return ManifestPlan.Of(ManifestReader.Read(file, reader.ReadToEnd()), ManifestValidator.DefaultNamespace);
    }
}
