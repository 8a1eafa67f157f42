using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>The objects that a pod names can have such names.</summary>
sealed class PodNamesRule : PodRule
{
    protected override void Check(PodPart pod, Findings findings)
    {
        foreach (var name in (ReadOnlySpan<string>)["priorityClassName", "nodeName"])
            if (pod.Spec[name].AsText() is { Length: > 0 } text)
                findings.FaultIf(Names.Subdomain(text), $"{pod.Field}.{name}", pod.Spec[name]);
    }
}
