using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>People who look after nodes: they set budgets, drain nodes, taint them, and take all of it back.</summary>
internal sealed class Operators(World world, RandomStream random)
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    readonly Hotline hotline = new(world, random.For("hotline"));
    readonly SortedSet<int> touched = [];
    readonly SortedSet<int> draining = [];

    /// <summary>Now and then somebody drains or taints a node for a while.</summary>
    public void Begin(TimeSpan length)
    {
        if (random.Chance(0.6))
            world.After(TimeSpan.FromSeconds(2), () => Budget("web-0", "maxUnavailable", random.Chance(0.5) ? "1" : "\"40%\""));
        for (var i = random.Below(4); i > 0; i--)
        {
            var node = random.Below(world.Nodes.Length);
            var (isDrain, patience) = (random.Chance(0.6), random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
            world.After(random.Between(TimeSpan.FromSeconds(3), length), () =>
            {
                if (isDrain) Drain(node);
                else Taint(node);
            });
            world.After(length + patience, () => TakeBack(node));
        }
    }

    /// <summary>Whatever was set on nodes, also by those who were cut off then, is taken back: nodes come back with what they know.</summary>
    public void End()
    {
        foreach (var node in touched)
            foreach (var later in (int[])[0, 20, 60])
                world.After(TimeSpan.FromSeconds(later), () => TakeBack(node));
    }

    public void Budget(string app, string field, string share) => hotline.Ask(
        new CreateObject(new ObjectName(PodDisruptionBudgetKind.Kind, "default", app), "policy/v1", [Field($"spec.{field}", share), Field("spec.selector", $$$"""{"matchLabels":{"app":"{{{app}}}"}}""")]), (_, _) => { }, 20);

    /// <summary>As kubectl drain: cordons it, and evicts what is there for as long as anything is.</summary>
    public void Drain(int node)
    {
        world.Sometimes.Count("a node is drained");
        Set(node, Field("spec.unschedulable", "true"));
        if (draining.Add(node)) Evict(node);
    }

    public void Taint(int node)
    {
        world.Sometimes.Count("a node is tainted");
        Set(node, Field("spec.taints", """[{"key":"broken","effect":"NoExecute"}]"""));
    }

    public void TakeBack(int node)
    {
        draining.Remove(node);
        hotline.Ask(new DeleteObject(NameOf(node), null), (_, _) => { }, 10);
    }

    void Evict(int node)
    {
        if (!draining.Contains(node)) return;
        if (ClusterState.Someone(world)?.Machine is { } somebody)
            foreach (var slot in somebody.Slots.Slots)
                foreach (var admission in slot.Admissions)
                    if (admission.Node == world.Nodes[node].Id && slot.IsDesired && admission.Run.Epoch >= slot.LeastEpoch)
                        hotline.Ask(new EvictPod(new ObjectName("Pod", slot.Workload.Namespace, slot.Name), new PodRun(slot.Id, admission.Run.Epoch).Uid), Answered, 1);
        world.After(Look, () => Evict(node));
    }

    void Answered(SimNode node, Reply reply) => world.Sometimes.Count(reply switch
    {
        Evicted => "a pod is evicted",
        Refused { Because: RefusedBecause.Disrupted } => "a budget forbids an eviction",
        _ => "an eviction is for an earlier run",
    });

    void Set(int node, ObjectField field)
    {
        touched.Add(node);
        hotline.Ask(new CreateObject(NameOf(node), "v1", [field]), (_, reply) =>
        {
            if (reply is Refused { Because: RefusedBecause.AlreadyExists }) hotline.Ask(new ReplaceObject(NameOf(node), 0, [field]), (_, _) => { }, 5);
        }, 5);
    }

    ObjectName NameOf(int node) => new("Node", "", world.Nodes[node].Config.Card.Name);

    static ObjectField Field(string path, string json) => new(path, Encoding.UTF8.GetBytes(json));
}
