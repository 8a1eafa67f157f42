using FsCheck.Xunit;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;
using static Gossip.Core.Tests.Tables.Topology.Neighbourhood;

namespace Gossip.Core.Tests.Tables.Topology;

public class TallyTests
{
    [Property]
    public bool Counts_least_and_greatest_are_those_of_counting_anew((byte Node, bool Comes)[] steps)
    {
        var nodes = Enumerable.Range(0, 7).Select(i => new PlacedNode($"n{i}", new NodeSettings(Labels.Of((Zone, $"z{i % 3}")), [], false))).ToArray();
        var domains = new Domains("", Zone, [], null, null);
        foreach (var node in nodes) domains.Add(node);
        var tally = new Tally("", TallyOf.Members, [], "", domains, true, 0, new NamespaceBook());
        var pods = new int[3];
        foreach (var (at, comes) in steps)
        {
            var zone = at % 7 % 3;
            if (!comes && pods[zone] == 0) continue;
            pods[zone] += comes ? 1 : -1;
            if (comes) tally.Add(nodes[at % 7]);
            else tally.Remove(nodes[at % 7]);
            if (tally.Least != pods.Min() || tally.Greatest != pods.Max() || tally.Total != pods.Sum()) return false;
            for (var i = 0; i < 3; i++)
                if (tally.Count($"z{i}") != pods[i]) return false;
        }
        return true;
    }

    const string Chosen = ""","namespaceSelector":{"matchLabels":{"team":"x"}}""";

    [Property]
    public bool Whatever_happens_to_pods_and_nodes_the_tallies_are_those_of_a_table_made_anew((byte What, byte Who)[] steps)
    {
        string[] names = ["a1", "a2", "b1", "b2", "c1", "x1"];
        var near = new Neighbourhood();
        for (var i = 0; i < 4; i++) near.Pod($"p{i}", i < 2 ? "web" : "db", i switch { 0 => Apart("web"), 1 => Spread("web"), 2 => Near("web", more: Chosen), _ => Apart("web", "kubernetes.io/hostname", Chosen) });
        var placed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (what, who) in steps.Take(12))
        {
            var (pod, node) = ($"p{who % 4}", names[who / 4 % 6]);
            switch (what % 6)
            {
                case 0 or 1 when placed.Add(pod): near.Put(pod, node); break;
                case 2 when placed.Remove(pod): near.Take(pod); break;
                case 3: near.Node(node, who % 3 == 0 ? "c" : "a"); break;
                case 5: near.Namespace("default", who % 3 == 0 ? null : who % 3 == 1 ? "\"team\":\"x\"" : ""); break;
                case 4: near.Node(node, "b", who % 2 == 0 ? Core.Membership.MemberState.Dead : Core.Membership.MemberState.Alive); break;
            }
        }
        var anew = new SlotTable(near.Cluster.Tables, near.Cluster.Members, NodeTimings.Lan);
        var places = new PlacedPods(near.Cluster.Members.Self, anew.ById);
        anew.Load(places);
        return names.All(node => Enumerable.Range(0, 4).All(i => near.WhyNot($"p{i}", node) == Filtering.CheckNeighbours(
            near.Find($"p{i}").Template, near.Facts($"p{i}", node) with { Around = places.Around(anew.Find("default", $"p{i}")!) }).Reason));
    }

    [Fact]
    public void A_decision_by_rules_between_pods_allocates_nothing()
    {
        var near = new Neighbourhood();
        near.With("one", "web", "a1", Apart("web")).Pod("two", "web", Apart("web") + "," + Spread("web"));
        var (pod, facts) = (near.Find("two").Template with { RuntimeClass = RuntimeNames.Process }, near.Facts("two", "b1"));
        var passes = Filtering.Passes(pod, facts) && Scoring.Score(pod, facts) > 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) passes &= Filtering.Passes(pod, facts) && Scoring.Score(pod, facts) > 0;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(passes);
    }
}
