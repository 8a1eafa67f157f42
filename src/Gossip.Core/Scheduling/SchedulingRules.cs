using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Tables;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// How a node judges itself: what each score weighs, and which rules of its host app have a say. Immutable. Every node bids
/// by its own; nodes of a cluster may differ, and then bids are compared that were not made alike: lawful, and rarely meant.
/// The built-in filters are no option, since other nodes rely on them.
/// </summary>
sealed class SchedulingRules
{
    /// <summary>Of one score. With 64 scores of 1,000 a sum stays below 2^23.</summary>
    public const int WeightMost = 100;

    /// <summary>Rules of a host app, of each sort.</summary>
    public const int HostRulesMost = 16;

    /// <summary>With Kubernetes' default weights. A score's place is its number on the wire: new ones go to the end.</summary>
    static readonly ImmutableArray<(IScore Score, int Weight)> BuiltIn =
    [
        (new LeastAllocatedScore(), 1), (new MostAllocatedScore(), 0), (new BalancedAllocationScore(), 1), (new SpreadScore(), 2),
        (new NodeAffinityScore(), 2), (new PreferredTaintScore(), 3), (new PodAffinityScore(), 2), (new TopologySpreadScore(), 2), (new ImageLocalityScore(), 1),
    ];

    public static readonly SchedulingRules Default = new(BuiltIn, [], []);

    readonly ImmutableArray<(IScore Score, int Weight)> scores;
    readonly (IScore Score, int Weight, int Number)[] counted; // those that weigh anything
    readonly int weights;

    SchedulingRules(
        ImmutableArray<(IScore Score, int Weight)> scores, ImmutableArray<string> hostFilters, ImmutableArray<(string Name, int Weight)> hostScores)
    {
        this.scores = scores;
        counted = [.. scores.Select((one, number) => (one.Score, one.Weight, number)).Where(one => one.Weight > 0)];
        HostFilters = hostFilters;
        HostScores = hostScores;
        weights = counted.Sum(one => one.Weight) + hostScores.Sum(one => one.Weight);
    }

    /// <summary>The built-in scores and what each weighs; 0: it is switched off.</summary>
    public IEnumerable<(string Name, int Weight)> Weights => scores.Select(one => (one.Score.Name, one.Weight));

    /// <summary>Names of the host app's own filters, which run at the edge.</summary>
    public ImmutableArray<string> HostFilters { get; }

    /// <summary>Names and weights of the host app's own scores, which run at the edge.</summary>
    public ImmutableArray<(string Name, int Weight)> HostScores { get; }

    /// <summary>A bid needs the host app's word.</summary>
    public bool AskHost => HostFilters.Length + HostScores.Length > 0;

    /// <summary>Has a built-in score weigh <paramref name="weight"/>, from 0 (off) to <see cref="WeightMost"/>.</summary>
    /// <exception cref="ArgumentException">There is no such score, or no such weight; the message says what there is.</exception>
    public SchedulingRules With(string score, int weight)
    {
        for (var i = 0; i < scores.Length; i++)
            if (string.Equals(scores[i].Score.Name, score, StringComparison.Ordinal))
                return new SchedulingRules(scores.SetItem(i, (scores[i].Score, Bounded(score, weight))), HostFilters, HostScores);
        throw new ArgumentException($"there is no score '{score}'; there are {string.Join(", ", scores.Select(one => one.Score.Name))}");
    }

    /// <summary>Has the edge ask a host app's filter about each pod that every built-in filter lets pass.</summary>
    public SchedulingRules WithHostFilter(string name)
    {
        Check.That(HostFilters.Length < HostRulesMost);
        return new SchedulingRules(scores, HostFilters.Add(name), HostScores);
    }

    /// <summary>Has a host app's score count among the others.</summary>
    /// <exception cref="ArgumentException">There is no such weight.</exception>
    public SchedulingRules WithHostScore(string name, int weight)
    {
        Check.That(HostScores.Length < HostRulesMost);
        return new SchedulingRules(scores, HostFilters, HostScores.Add((name, Bounded(name, weight))));
    }

    /// <summary>
    /// How good a node is for a pod: the weighted mean of every score, 0 to <see cref="Scoring.Greatest"/>. Where pods ask for devices
    /// their fragmentation decides first, and the mean among equals: a device that is broken up stays so, while the rest
    /// evens out. Then it goes to <see cref="Scoring.BidGreatest"/>.
    /// </summary>
    /// <param name="hostSum">What the host app's scores gave, each times its weight.</param>
    public int Score(PodTemplate pod, in NodeFacts node, int hostSum = 0)
    {
        var sum = hostSum;
        foreach (var (score, weight, _) in counted) sum += weight * score.Score(pod, node);
        return PlacementStrategy.Of(node.Typical).Score(pod, node, Mean(sum));
    }

    /// <summary>The same, and what it is made of: those parts that are not full, since every bid says them and most are.</summary>
    public int Score(PodTemplate pod, in NodeFacts node, int hostSum, out ScoreParts parts)
    {
        parts = default;
        var sum = hostSum;
        foreach (var (score, weight, number) in counted)
        {
            var part = score.Score(pod, node);
            if (part != Scoring.Greatest) parts.Add(number, part);
            sum += weight * part;
        }
        return PlacementStrategy.Of(node.Typical).Score(pod, node, Mean(sum), ref parts);
    }

    int Mean(int sum) => weights == 0 ? 0 : sum / weights;

    static int Bounded(string score, int weight) => weight is >= 0 and <= WeightMost
        ? weight
        : throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"score {score} cannot weigh {weight}, but 0 (off) to {WeightMost}"));
}
