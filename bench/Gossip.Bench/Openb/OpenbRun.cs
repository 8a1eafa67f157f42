using System.Numerics;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Bench.Openb;

/// <summary>
/// The paper's protocol, once: pods drawn from the list until they ask for 1.3 times the cluster's devices, shuffled, placed
/// one after another, none ever leaves, and one that does not fit is dropped (it stays wanted, so it stays typical).
/// </summary>
sealed class OpenbRun(OpenbTrace trace, int seed)
{
    const int PercentMost = 130;

    /// <summary>Of one pod. A round that finds nobody is repeated with twice the width, so after these all have been asked.</summary>
    const int RoundsMost = 16;

    readonly List<(NodeId Node, PodTemplate Pod, DeviceGrant? Devices)> placed = [];
    readonly List<Candidate> asked = [];
    readonly List<NodeRefusal> passedOver = [];
    StaleCluster cluster = null!;
    long allocated;

    /// <summary>Percent of all devices that pods have, when so much was asked for.</summary>
    public double At100 { get; private set; }
    public double At130 { get; private set; }
    public int Pods { get; private set; }

    /// <summary>Pods that no node was believed to have room for any more, or that nobody took.</summary>
    public int Dropped { get; private set; }

    /// <summary>One pod may get several.</summary>
    public int Rejections { get; private set; }
    public int PodsRejected { get; private set; }
    public int Rounds { get; private set; }
    public int Messages { get; private set; }

    /// <summary>Nodes that hold more than they have, by a count of its own over everything that was placed.</summary>
    public int Overcommits { get; private set; }

    public OpenbRun Run()
    {
        var random = new RandomStream((ulong)seed);
        var arriving = new List<PodTemplate>();
        for (var demand = 0L; demand * 100 < trace.DeviceMilli * PercentMost; demand += OpenbTrace.DemandOf(arriving[^1])) arriving.Add(trace.Pods[random.Below(trace.Pods.Length)]);
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(arriving));
        cluster = new StaleCluster(trace, random);
        var arrived = 0L;
        foreach (var pod in arriving)
        {
            cluster.Arrive(pod);
            Place(pod, new PodRun(new PodId(new Uid((ulong)seed, (ulong)++Pods), 0, pod.Hash), Epoch.First));
            var before = arrived;
            arrived += OpenbTrace.DemandOf(pod);
            if (before < trace.DeviceMilli && arrived >= trace.DeviceMilli) At100 = 100.0 * allocated / trace.DeviceMilli;
        }
        At130 = 100.0 * allocated / trace.DeviceMilli;
        Overcommits = placed.GroupBy(pod => pod.Node).Count(IsOvercommitted);
        return this;
    }

    void Place(PodTemplate pod, PodRun run)
    {
        var rejections = Rejections;
        var isPlaced = false;
        for (var round = 0; round < RoundsMost && !isPlaced; round++)
        {
            Rounds++;
            asked.Clear();
            passedOver.Clear();
            var feasible = cluster.Candidates.Choose(new Search(pod, run, Candidates.Width(cluster.Live.Length, round)) { IsRepeated = round > 0 }, asked, passedOver);
            isPlaced = Ask(pod, run);
            if (!feasible) break;
            // The next round is 250 ms later at the soonest, and gossip has come from those who refused by then.
            if (!isPlaced) foreach (var candidate in asked) cluster.Hear(candidate.Node);
        }
        if (Rejections > rejections) PodsRejected++;
        if (!isPlaced) Dropped++;
    }

    /// <summary>One round, as Bidder and Auctioneer go about it: filter, reserve and score; award the best; release the others.</summary>
    bool Ask(PodTemplate pod, PodRun run)
    {
        Candidate? best = null;
        foreach (var candidate in asked)
        {
            Messages += 2; // ask, bid or refusal
            var books = cluster.BooksOf(candidate.Node);
            if (!Filtering.Check(pod, cluster.Exactly(candidate.Node, books.Free)).Passes)
            {
                candidate.Refuse("");
                Rejections++;
                continue;
            }
            candidate.TakeBid(Scoring.Score(pod, cluster.Exactly(candidate.Node, books.FreeOfBids)));
            books.Reserve(new Claim { Run = run, Template = pod, Expires = default });
            if (best is null || BidOrder.Compare(run, candidate.Node, candidate.Score, best.Node, best.Score) > 0) best = candidate;
        }
        foreach (var candidate in asked)
        {
            if (candidate.State != AnswerState.Bid) continue;
            cluster.BooksOf(candidate.Node).Remove(run);
            if (candidate != best) Messages++; // release
        }
        if (best is null) return false;
        Messages += 2; // award, verdict
        var winner = cluster.BooksOf(best.Node);
        if (!ResourceFilter.Fits(pod, winner.Free)) return false;
        var claim = winner.Admit(run, pod, checkRoom: true);
        cluster.Changed(best.Node);
        placed.Add((best.Node, pod, claim.Devices));
        allocated += OpenbTrace.DemandOf(pod);
        return true;
    }

    bool IsOvercommitted(IGrouping<NodeId, (NodeId Node, PodTemplate Pod, DeviceGrant? Devices)> node)
    {
        var has = cluster.Find(node.Key)!.Card.Allocatable;
        var (cpu, memory) = (0L, 0L);
        var used = new int[Devices.GroupsMost, Devices.InGroupMost];
        foreach (var (_, pod, devices) in node)
        {
            cpu += pod.Requests.Cpu.Value;
            memory += pod.Requests.Memory.Value;
            if (pod.Device is not { } request) continue;
            if (devices is not { } grant || BitOperations.PopCount(grant.Mask) != request.Count || !request.Allows(has.Devices.Groups[grant.Group])) return true;
            for (var mask = grant.Mask; mask != 0; mask &= mask - 1)
            {
                var device = BitOperations.TrailingZeroCount(mask);
                if (device >= has.Devices.Groups[grant.Group].Free.Length || (used[grant.Group, device] += request.Milli) > DeviceRequest.Whole) return true;
            }
        }
        return cpu > has.Cpu.Value || memory > has.Memory.Value;
    }
}
