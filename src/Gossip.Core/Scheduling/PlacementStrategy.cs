using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// How pods are spread over the nodes. While no pod asks for devices the load is evened out (<see cref="EvenOut"/>). Once some do, what
/// matters is that devices are not broken up, and nodes are filled one after the other (<see cref="FillUp"/>).
/// </summary>
abstract class PlacementStrategy
{
    static readonly EvenOut evenOut = new();
    static readonly FillUp fillUp = new();

    /// <summary>By what pods usually ask for, as far as this node knows; null where nobody counts.</summary>
    public static PlacementStrategy Of(TypicalPods? typical) => typical is { HaveDevices: true } ? fillUp : evenOut;

    /// <summary>What is left of a node's devices once the pod has its own; all of them when it asks for none, or none fits.</summary>
    public static Devices LeftBy(PodTemplate pod, Devices free) =>
        pod.Device is { } request && free.Choose(request) is { } grant ? free.Take(grant, request.Milli) : free;

    /// <summary>Alike pods share a round.</summary>
    public abstract bool CallsBatches { get; }

    /// <summary>Of a bid.</summary>
    public abstract int GreatestScore { get; }

    /// <summary>More nodes are looked at than asked, and those are asked that score best by hearsay.</summary>
    public abstract bool RanksCandidates { get; }

    /// <summary>How many nodes a round asks.</summary>
    /// <param name="width">By the size of the cluster and the rounds so far.</param>
    public abstract int Asked(int width, int live);

    /// <summary>How good a node is for a pod, from 0 to <see cref="GreatestScore"/>.</summary>
    /// <param name="mean">Of the scores, from 0 to <see cref="Scoring.Greatest"/>.</param>
    public abstract int Score(PodTemplate pod, in NodeFacts node, int mean);

    /// <summary>The same, and adds to the parts what it counts beside the mean.</summary>
    public abstract int Score(PodTemplate pod, in NodeFacts node, int mean, ref ScoreParts parts);
}
