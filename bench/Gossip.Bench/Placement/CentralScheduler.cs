using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Tables;

namespace Gossip.Bench.Placement;

/// <summary>
/// What a central scheduler would do with the same filters, scores and tallies: look at nodes' exact books, score those that
/// pass, take the best. No messages, and nobody to disagree with. It looks at every node, or at a sample as kube-scheduler does.
/// </summary>
sealed class CentralScheduler
{
    readonly BenchCluster cluster;
    readonly NodeFacts[] facts;
    readonly Sample enough;

    // Where the next pod's search begins: a sample goes round all nodes in turn.
    int start;

    public CentralScheduler(BenchCluster cluster, bool sampled)
    {
        this.cluster = cluster;
        facts = [.. cluster.Nodes.Select(node => Of(node, node.Config))];
        enough = sampled ? Sample.Of(facts.Length) : new Sample(facts.Length, facts.Length);
    }

    /// <summary>How much of a cluster is searched for a pod.</summary>
    /// <param name="Feasible">After so many nodes that would do, no more are filtered.</param>
    /// <param name="Evicting">After so many nodes where victims would make room, no more are tried.</param>
    readonly record struct Sample(int Feasible, int Evicting)
    {
        /// <summary>
        /// kube-scheduler's defaults (scheduler.numFeasibleNodesToFind, and DefaultPreemptionArgs): of n nodes 50 - n/125 per cent,
        /// 5 at least, and never fewer than 100 nodes; of preemption's candidates 10 per cent, and 100 at least.
        /// </summary>
        public static Sample Of(int nodes) => new(
            Math.Min(nodes, Math.Max(100, nodes * Math.Max(5, 50 - nodes / 125) / 100)), Math.Min(nodes, Math.Max(100, nodes / 10)));
    }

    /// <summary>How many found a place.</summary>
    public int Place(IReadOnlyList<PodId> pods)
    {
        var placed = 0;
        foreach (var pod in pods)
        {
            var slot = cluster.Slots.Find(pod)!;
            var around = cluster.Placed.Around(slot);
            var run = new PodRun(pod, slot.NextEpoch);
            var (best, score) = (-1, -1);
            var (looked, feasible) = (0, 0);
            for (; looked < facts.Length && feasible < enough.Feasible; looked++)
            {
                var at = (start + looked) % facts.Length;
                var node = cluster.Nodes[at];
                var books = node.Room.Books;
                var seen = facts[at] with { Free = books.Free, Taken = books.Ports, OfWorkload = books.OfWorkload(pod.Workload), Around = around };
                if (!Filtering.Passes(slot.Template, seen)) continue;
                feasible++;
                var its = Scoring.Score(slot.Template, seen);
                if (best >= 0 && BidOrder.Compare(run, node.Config.Card.Id, its, cluster.Nodes[best].Config.Card.Id, score) <= 0) continue;
                (best, score) = (at, its);
            }
            start = (start + looked) % facts.Length;
            if (best < 0) best = Evict(slot, run);
            if (best < 0) continue;
            cluster.Put(pod, cluster.Nodes[best]);
            placed++;
        }
        return placed;
    }

    /// <summary>Makes room where it costs others least, of the nodes that are tried; less than 0 where nobody's leaving would help.</summary>
    int Evict(Slot slot, PodRun run)
    {
        var priority = cluster.Slots.PriorityOf(slot);
        var (best, plan) = (-1, default(PreemptionPlan));
        for (var (looked, found) = (0, 0); looked < facts.Length && found < enough.Evicting; looked++)
        {
            var at = (start + looked) % facts.Length;
            var node = cluster.Nodes[at];
            var id = node.Config.Card.Id;
            var seen = facts[at] with { Free = node.Room.Books.Free, Taken = node.Room.Books.Ports };
            if (VictimSelection.Select(slot.Template, priority, id, seen, Tenant.Of(cluster.Slots, id)) is not { } its) continue;
            found++;
            if (plan is not null && BidOrder.Compare(run, id, 0, its.Cost, cluster.Nodes[best].Config.Card.Id, 0, plan.Cost) <= 0) continue;
            (best, plan) = (at, its);
        }
        if (plan is null) return -1;
        foreach (var victim in plan.Victims) cluster.Evict(victim.Run, cluster.Nodes[best]);
        cluster.Apply();
        return best;
    }

    NodeFacts Of(BenchNode node, NodeConfig config)
    {
        var settings = cluster.Slots.SettingsOf(config.Card.Id);
        return new NodeFacts(config.Card.Name, settings.Labels, settings.Taints, settings.Unschedulable, config.Card.Runtimes, config.Card.Allocatable, node.Room.Books.Free, "", null, 0)
        {
            Typical = cluster.Typical,
        };
    }
}
