using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Core.Kinds;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Templates;
using Gossip.Simulation.Network;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// Nodes and workloads in which any mix of all rules of placement meets, as users would write them. Each one is drawn from
/// a stream of its own, so that a smaller cluster is the beginning of a greater one: what fails shrinks by its sizes.
/// Names and values are few, so that rules speak of each other often; each seed leaves some rules out and has much of
/// others, since rules hide one another. (Groce et al., "Swarm testing", 2012.)
/// </summary>
internal sealed class AnyRules(RandomStream random)
{
    const double Often = 0.3, Now = 0.15, Rarely = 0.06;

    static readonly string[] apps = ["a", "b", "c", "d"];
    static readonly string[] topologies = ["kubernetes.io/hostname", "zone", "disk"];
    static readonly string[] namespaces = ["default", "other"];

    public static IReadOnlyList<string> Apps => apps;

    public NodeCard Node(int index)
    {
        var own = random.For($"node {index}");
        var labels = new List<(string, string)> { ("disk", own.Chance(0.5) ? "ssd" : "hdd"), ("gen", Text(1 + own.Below(5))) };
        if (own.Chance(0.9)) labels.Add(("zone", $"z{own.Below(3)}"));
        var taints = ImmutableArray.CreateBuilder<Taint>();
        if (own.Chance(Now)) taints.Add(new Taint("dedicated", "db", TaintEffect.NoSchedule));
        if (own.Chance(Now)) taints.Add(new Taint("slow", "", TaintEffect.PreferNoSchedule));
        if (own.Chance(Rarely)) taints.Add(new Taint("flaky", "", TaintEffect.NoExecute));
        var extended = ImmutableArray.CreateBuilder<ExtendedResource>();
        if (own.Chance(0.4)) extended.Add(new ExtendedResource("example.com/fpga", 1 + own.Below(2)));
        if (own.Chance(0.5)) extended.Add(new ExtendedResource(Resources.Bandwidth, 500_000_000));
        var has = new Resources(new MilliCpu(1000 + 500 * own.Below(4)), new Bytes(1024L + 512 * own.Below(4) << 20), new Bytes(8L << 30), 5 + own.Below(6), extended.DrainToImmutable())
        {
            Devices = own.Chance(0.5) ? Devices.WholeOnes("gpu", own.Chance(0.5) ? "A" : "B", 1 + own.Below(3)) : Devices.None,
        };
        return new NodeCard(string.Create(CultureInfo.InvariantCulture, $"n{index:00}"), SimNetwork.AddressOf(index), Labels.Of([.. labels]), taints.DrainToImmutable(), has,
            own.Chance(0.75) ? [RuntimeNames.Process, RuntimeNames.Containers, RuntimeNames.Docker] : [RuntimeNames.Process], "");
    }

    /// <summary>What is not a pod: priorities, services, budgets, a namespace's labels, who grants singletons.</summary>
    public IEnumerable<CreateObject> Surroundings(IEnumerable<string> nodes)
    {
        var own = random.For("surroundings");
        foreach (var (name, value) in Manifests.Priorities) yield return Manifests.Priority(name, value);
        yield return Manifests.Voters(nodes.Take(3));
        yield return new CreateObject(new ObjectName("Namespace", "", namespaces[1]), "v1", [Field(Core.Replication.Fields.Labels, """{"team":"x"}""")]);
        foreach (var app in apps) yield return Manifests.Service(app);
        foreach (var app in apps)
            if (own.Chance(0.4))
                yield return new CreateObject(new ObjectName("PodDisruptionBudget", "default", app), "policy/v1",
                    [Field(own.Chance(0.5) ? "spec.maxUnavailable" : "spec.minAvailable", own.Chance(0.5) ? "1" : "\"50%\""), Field("spec.selector", $$$"""{"matchLabels":{"app":"{{{app}}}"}}""")]);
    }

    /// <summary>A bare pod, a deployment, or a deployment whose pods are a gang.</summary>
    /// <param name="isOpen">Its scheduling gates are gone.</param>
    public CreateObject Workload(int index, bool isOpen = false)
    {
        var own = random.For($"workload {index}");
        var isDeployment = own.Chance(0.35);
        var replicas = isDeployment ? 2 + own.Below(2) : 1;
        var app = Any(own, apps);
        var labels = new JsonObject { ["app"] = app, ["tier"] = own.Chance(0.5) ? "front" : "back" };
        var annotations = new JsonObject();
        if (isDeployment && Has(own, "gang", Often)) annotations["gossip.dev/gang"] = $"g{index}/{replicas}";
        else if (!isDeployment && own.Chance(Rarely)) annotations["gossip.dev/singleton"] = "true";
        if (own.Chance(Now)) annotations["gossip.dev/on-heal"] = "newest";
        if (own.Chance(Rarely)) annotations["gossip.dev/when-alone"] = "stop";
        if (Has(random.For($"rebalance {index}"), "rebalance", Often)) annotations["gossip.dev/rebalance"] = "true";
        var spec = Spec(own, annotations);
        if (isOpen) spec.Remove("schedulingGates");
        var name = string.Create(CultureInfo.InvariantCulture, $"w{index:00}");
        var @namespace = own.Chance(0.8) ? namespaces[0] : namespaces[1];
        if (!isDeployment)
            return new CreateObject(new ObjectName("Pod", @namespace, name), "v1",
                [Field(Core.Replication.Fields.Labels, labels), Field(Core.Replication.Fields.Annotations, annotations), .. spec.Select(part => Field($"spec.{part.Key}", part.Value!))]);
        labels["of"] = name;
        var template = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels, ["annotations"] = annotations }, ["spec"] = spec };
        return new CreateObject(new ObjectName("Deployment", @namespace, name), "apps/v1",
            [
                Field(Core.Replication.Fields.Replicas, Text(replicas)),
                Field(Core.Replication.Fields.Selector, $$$"""{"matchLabels":{"of":"{{{name}}}"}}"""),
                Field(Core.Replication.Fields.Template, template),
            ]);
    }

    JsonObject Spec(RandomStream own, JsonObject annotations)
    {
        var container = new JsonObject { ["name"] = "main", ["image"] = "server", ["command"] = new JsonArray("server"), ["resources"] = new JsonObject { ["requests"] = Requests(own, annotations) } };
        if (Has(own, "host ports", Now)) container["ports"] = new JsonArray(new JsonObject { ["containerPort"] = 80, ["hostPort"] = 8000 + own.Below(2) });
        var spec = new JsonObject { ["containers"] = new JsonArray(container), ["terminationGracePeriodSeconds"] = own.Below(3) };
        if (own.Chance(0.8)) spec["runtimeClassName"] = RuntimeNames.Process;
        if (Has(own, "gates", Rarely)) spec["schedulingGates"] = new JsonArray(new JsonObject { ["name"] = "example.com/wait" });
        if (Has(own, "node selector", Now)) spec["nodeSelector"] = own.Chance(0.5) ? new JsonObject { ["disk"] = "ssd" } : new JsonObject { ["zone"] = $"z{own.Below(3)}" };
        if (Has(own, "priority", 0.5)) spec["priorityClassName"] = own.Chance(0.05) ? "nobody-made-it" : Manifests.Priorities[own.Below(Manifests.Priorities.Length)].Name;
        if (own.Chance(Rarely)) spec["preemptionPolicy"] = "Never";
        if (Has(own, "tolerations", Often)) spec["tolerations"] = Tolerations(own);
        if (Has(own, "spread", Now)) spec["topologySpreadConstraints"] = new JsonArray(Spread(own));
        var affinity = new JsonObject();
        if (Has(own, "node affinity", Often)) affinity["nodeAffinity"] = NodeAffinity(own);
        if (Has(own, "affinity", Now)) affinity["podAffinity"] = PodAffinity(own, own.Chance(0.4));
        if (Has(own, "anti-affinity", Often)) affinity["podAntiAffinity"] = PodAffinity(own, own.Chance(0.6));
        if (affinity.Count > 0) spec["affinity"] = affinity;
        return spec;
    }

    JsonObject Requests(RandomStream own, JsonObject annotations)
    {
        var requests = new JsonObject { ["cpu"] = $"{50 * (1 + own.Below(12))}m", ["memory"] = $"{16 * (1 + own.Below(16))}Mi" };
        if (Has(own, "disk", Now)) requests["ephemeral-storage"] = "1Gi";
        if (Has(own, "extended", Rarely)) requests["example.com/fpga"] = "1";
        if (Has(own, "bandwidth", Rarely)) requests[Resources.Bandwidth] = "200M";
        else if (own.Chance(Rarely)) annotations["kubernetes.io/egress-bandwidth"] = "300M";
        if (!Has(own, "devices", 0.2)) return requests;
        if (own.Chance(0.6)) requests["gossip.dev/gpu-milli"] = Text(100 * (2 + own.Below(6)));
        else requests["gossip.dev/gpu"] = Text(1 + own.Below(2));
        if (own.Chance(0.4)) annotations["gossip.dev/gpu-model"] = own.Chance(0.5) ? "A" : "A|B";
        return requests;
    }

    static JsonArray Tolerations(RandomStream own) => own.Below(5) switch
    {
        0 => [new JsonObject { ["operator"] = "Exists" }],
        1 => [new JsonObject { ["key"] = "dedicated", ["value"] = "db", ["effect"] = "NoSchedule" }],
        2 => [new JsonObject { ["key"] = "slow", ["operator"] = "Exists" }, new JsonObject { ["key"] = "flaky", ["operator"] = "Exists" }],
        3 => [new JsonObject { ["key"] = "broken", ["operator"] = "Exists", ["effect"] = "NoExecute", ["tolerationSeconds"] = own.Below(6) }],
        _ => [new JsonObject { ["key"] = "dedicated", ["operator"] = "Exists" }, new JsonObject { ["key"] = "broken", ["operator"] = "Exists" }],
    };

    static JsonObject Spread(RandomStream own)
    {
        var isHard = own.Chance(0.6);
        var said = new JsonObject
        {
            ["maxSkew"] = 1 + own.Below(2),
            ["topologyKey"] = Any(own, topologies),
            ["whenUnsatisfiable"] = isHard ? "DoNotSchedule" : "ScheduleAnyway",
            ["labelSelector"] = Selector(own),
        };
        if (isHard && own.Chance(0.2)) said["minDomains"] = 2 + own.Below(3);
        if (own.Chance(0.2)) said["nodeTaintsPolicy"] = "Honor";
        if (own.Chance(0.2)) said["nodeAffinityPolicy"] = "Ignore";
        return said;
    }

    static JsonObject NodeAffinity(RandomStream own)
    {
        var said = new JsonObject();
        if (own.Chance(0.7))
            said["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonObject { ["nodeSelectorTerms"] = Many(own, 2, () => new JsonObject { ["matchExpressions"] = Many(own, 2, () => Requirement(own)) }) };
        if (said.Count == 0 || own.Chance(0.4))
            said["preferredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(new JsonObject { ["weight"] = 1 + own.Below(100), ["preference"] = new JsonObject { ["matchExpressions"] = new JsonArray(Requirement(own)) } });
        return said;
    }

    static JsonObject Requirement(RandomStream own) => own.Below(6) switch
    {
        0 => new JsonObject { ["key"] = "zone", ["operator"] = "In", ["values"] = new JsonArray("z0", "z1") },
        1 => new JsonObject { ["key"] = "zone", ["operator"] = "NotIn", ["values"] = new JsonArray($"z{own.Below(3)}") },
        2 => new JsonObject { ["key"] = "zone", ["operator"] = "Exists" },
        3 => new JsonObject { ["key"] = "gpus", ["operator"] = "DoesNotExist" },
        4 => new JsonObject { ["key"] = "gen", ["operator"] = "Gt", ["values"] = new JsonArray(Text(own.Below(4))) },
        _ => new JsonObject { ["key"] = "gen", ["operator"] = "Lt", ["values"] = new JsonArray(Text(3 + own.Below(4))) },
    };

    static JsonObject PodAffinity(RandomStream own, bool isRequired) => isRequired
        ? new JsonObject { ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(PodTerm(own)) }
        : new JsonObject { ["preferredDuringSchedulingIgnoredDuringExecution"] = new JsonArray(new JsonObject { ["weight"] = 1 + own.Below(100), ["podAffinityTerm"] = PodTerm(own) }) };

    static JsonObject PodTerm(RandomStream own)
    {
        var term = new JsonObject { ["topologyKey"] = Any(own, topologies), ["labelSelector"] = Selector(own) };
        if (own.Chance(Now)) term["namespaces"] = new JsonArray(namespaces[1]);
        else if (own.Chance(Now)) term["namespaceSelector"] = own.Chance(0.5) ? new JsonObject() : new JsonObject { ["matchLabels"] = new JsonObject { ["team"] = "x" } };
        return term;
    }

    static JsonObject Selector(RandomStream own) => own.Below(3) switch
    {
        0 => new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = Any(own, apps), ["tier"] = "front" } },
        1 => new JsonObject { ["matchExpressions"] = new JsonArray(new JsonObject { ["key"] = "app", ["operator"] = "In", ["values"] = new JsonArray(Any(own, apps)) }) },
        _ => new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = Any(own, apps) } },
    };

    static JsonArray Many(RandomStream own, int most, Func<JsonObject> one)
    {
        var items = new JsonArray();
        for (var i = own.Below(most); i >= 0; i--) items.Add(one());
        return items;
    }

    /// <summary>Whether a pod has a rule: of five seeds one leaves it out, and one has it in most pods.</summary>
    bool Has(RandomStream own, string rule, double usual) => own.Chance(random.For(rule).Below(5) switch { 0 => 0, 1 => 0.7, _ => usual });

    static string Any(RandomStream own, string[] from) => from[own.Below(from.Length)];

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static ObjectField Field(string path, JsonNode json) => Field(path, json.ToJsonString());

    static ObjectField Field(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));
}
