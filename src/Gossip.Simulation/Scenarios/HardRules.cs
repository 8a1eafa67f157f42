using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// A12: at rest no admission breaks a hard rule. Each rule is read off the pod's template anew, by brute force over all
/// pods and without the core's filters and tallies, which it checks. Spread is left out: pods that leave later may break it.
/// </summary>
internal static class HardRules
{
    sealed record Placed(SimNode Node, Slot Slot, Admission Admission)
    {
        public PodTemplate Pod => Slot.Template;
        public Labels Labels => Node.Machine!.Slots.SettingsOf(Node.Id).Labels;
        public override string ToString() => $"{Slot.Workload.Namespace}/{Slot.Name}";
    }

    public static Shortcoming? WhyNot(World world)
    {
        Placed[] all = [.. world.Nodes.Where(node => node.IsUp).SelectMany(On)];
        foreach (var one in all)
        {
            if (AgainstNode(one) is { } broken) return new Shortcoming("A12", one.Node, $"has {one}, {broken}");
            foreach (var other in all)
            {
                if (other == one) continue;
                if (other.Node == one.Node && one.Pod.HostPorts.Intersect(other.Pod.HostPorts).Any()) return new Shortcoming("A12", one.Node, $"has {one} and {other} with one host port");
                foreach (var term in one.Pod.PodAffinity.RequiredAnti)
                    if (one.Labels[term.TopologyKey] is { } domain && other.Labels[term.TopologyKey] == domain
                        && term.Pods.Matches(other.Pod.Labels, other.Slot.Workload.Namespace, one.Slot.Workload.Namespace, NamespaceLabels))
                        return new Shortcoming("A10", one.Node, $"has {one}, which must not share {term.TopologyKey} {domain} with {other} on {other.Node.Config.Card.Name}");
            }
        }
        return null;
    }

    /// <summary>Each node's own word about its own admissions.</summary>
    static IEnumerable<Placed> On(SimNode node) =>
        from slot in node.Machine!.Slots.Slots
        from admission in slot.Admissions
        where admission.Node == node.Id && !admission.Status.Draining && admission.Run.Epoch >= slot.LeastEpoch
        select new Placed(node, slot, admission);

    static string? AgainstNode(Placed one)
    {
        var (pod, card) = (one.Pod, one.Node.Config.Card);
        foreach (var (key, value) in pod.NodeSelector)
            if (one.Labels[key] != value) return $"which wants {key}={value}";
        if (!pod.NodeAffinity.Required.IsDefault && !pod.NodeAffinity.Required.Any(term => term.Labels.All(asked => Fulfils(asked, one.Labels[asked.Key])))) return "whose node affinity wants another";
        foreach (var taint in one.Node.Machine!.Slots.SettingsOf(one.Node.Id).Taints)
            if (taint.Effect != TaintEffect.PreferNoSchedule && !pod.Tolerations.Any(toleration => Bears(toleration, taint))) return $"which does not tolerate {taint}";
        if (!card.Runtimes.Contains(pod.RuntimeClass, StringComparer.Ordinal)) return $"which needs {pod.RuntimeClass}";
        if (pod.Device is { } asks)
        {
            if (one.Admission.Devices is not { } grant) return "which has no device";
            var group = card.Allocatable.Devices.Groups[grant.Group];
            if (group.Kind != asks.Kind || !asks.Models.IsDefaultOrEmpty && !asks.Models.Contains(group.Model, StringComparer.Ordinal)) return $"which got {group.Kind} {group.Model}";
            if (System.Numerics.BitOperations.PopCount(grant.Mask) != asks.Count) return $"which got {grant.Mask:x} of {asks}";
        }
        return null;
    }

    static bool Fulfils(NodeRequirement asked, string? value) => asked.Operator switch
    {
        NodeOperator.In => asked.Values.Any(one => one == value),
        NodeOperator.NotIn => asked.Values.All(one => one != value),
        NodeOperator.Exists => value is not null,
        NodeOperator.DoesNotExist => value is null,
        NodeOperator.Gt => value is not null && Number(value) > Number(asked.Values[0]),
        _ => value is not null && Number(value) < Number(asked.Values[0]),
    };

    static bool Bears(Toleration toleration, Taint taint) =>
        (toleration.Key.Length == 0 || toleration.Key == taint.Key) && (toleration.Exists || toleration.Value == taint.Value) && (toleration.Effect ?? taint.Effect) == taint.Effect;

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>As <see cref="AnyRules"/> makes them.</summary>
    static Labels NamespaceLabels(string name) => name == "other" ? Labels.Of(("team", "x")) : Labels.Empty;
}
