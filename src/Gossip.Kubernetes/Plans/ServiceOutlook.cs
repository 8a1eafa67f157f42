using Gossip.Core.Primitives;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Plans;

/// <summary>What would become of a service: which pods it stands for.</summary>
static class ServiceOutlook
{
    public static IEnumerable<string> Of(Manifest manifest, ClusterView? view, IEnumerable<Manifest> all)
    {
        var selector = Labels.Of(manifest.Spec?["selector"].AsTexts() ?? []);
        if (selector.Count == 0) yield break;
        var pods = view?.Pods.Count(pod => pod.Template.Labels.Contains(selector)) ?? 0;
        bool IsSelected(Manifest other) =>
            other.Spec.Below("template", "metadata", "labels") is { } labels && Labels.Of(labels.AsTexts()).Contains(selector);
        var coming = all.Where(IsSelected)
            .Select(other => $"{other.Kind} {other.Name}").ToArray();
        var sources = coming.Length > 0 ? $", those of {string.Join(", ", coming)}" : pods > 0 ? $", {pods} now" : ": none yet";
        yield return $"stands for the pods with {selector}{sources}";
    }
}
