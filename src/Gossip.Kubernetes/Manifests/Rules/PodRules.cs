namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The rules of a pod's spec, in a Pod or in a template.</summary>
static class PodRules
{
    public static readonly IReadOnlyList<ManifestRule> All =
    [
        new ContainersPresentRule(),
        new PodChoicesRule(),
        new PodNamesRule(),
        new GracePeriodRule(),
        new NodeSelectorRule(),
        new TolerationsRule(),
        new ContainerNamesRule(),
        new ContainerImageRule(),
        new ContainerPortsRule(),
        new EnvironmentNamesRule(),
        new ResourceAmountsRule(),
        new NotActedOnRule(),
        new PodTemplateRule(), // last: of what the others said already it says nothing
    ];
}
