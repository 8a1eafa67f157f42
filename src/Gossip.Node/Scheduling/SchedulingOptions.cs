using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Wire;

namespace Gossip.Node;

/// <summary>
/// How this node judges itself when it bids for pods: what the built-in scores weigh, and rules of the host app's own. Every
/// node bids by its own settings, so give all the same unless you mean otherwise.
/// </summary>
public sealed class SchedulingOptions
{
    readonly List<(string Score, int Weight)> weights = [];
    readonly List<IFilter> filters = [];
    readonly List<(IScore Score, int Weight)> scores = [];

    /// <summary>How long one of the host app's rules may take for a pod. Well within an auction's window, or the bid comes late.</summary>
    public TimeSpan HostRuleWithin { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Has a built-in score (<c>least-allocated</c>, <c>spread</c> …) weigh so much beside the others, 0 (off) to 100.</summary>
    public SchedulingOptions Weight(string score, int weight)
    {
        weights.Add((score, weight));
        return this;
    }

    /// <summary>
    /// Has a rule of the host app refuse this node to pods that every built-in filter lets pass. It is called on a thread of its own,
    /// by one caller at a time, with a copy of what the node knows of itself (nothing of other pods). One that throws or takes too
    /// long refuses the pod; the node's conditions name it.
    /// </summary>
    public SchedulingOptions Filter(IFilter filter)
    {
        filters.Add(filter);
        return this;
    }

    /// <summary>Has a score of the host app, 0 to <see cref="Scoring.Greatest"/>, weigh beside the others. Called as a <see cref="Filter"/> is.</summary>
    public SchedulingOptions Score(IScore score, int weight)
    {
        scores.Add((score, weight));
        return this;
    }

    internal IReadOnlyList<IFilter> Filters => filters;
    internal IReadOnlyList<(IScore Score, int Weight)> Scores => scores;

    internal IEnumerable<string> Faults()
    {
        if (HostRuleWithin <= TimeSpan.Zero || HostRuleWithin > TimeSpan.FromMinutes(1)) yield return $"Scheduling: HostRuleWithin: {HostRuleWithin} is not above 0 and at most a minute";
        if (Math.Max(filters.Count, scores.Count) > SchedulingRules.HostRulesMost)
        {
            yield return $"Scheduling: {filters.Count} filters and {scores.Count} scores; at most {SchedulingRules.HostRulesMost} of each";
            yield break;
        }
        var names = SchedulingRules.Default.Weights.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in filters.Select(filter => filter.Name).Concat(scores.Select(one => one.Score.Name)))
            if (name.Length is 0 or > Limits.Label) yield return $"Scheduling: a rule's name '{name}' has not 1 to {Limits.Label} letters";
            else if (!names.Add(name)) yield return $"Scheduling: there are two rules '{name}'";
        string? wrong = null;
        try
        {
            ToRules();
        }
        catch (ArgumentException problem)
        {
            wrong = problem.Message;
        }
        if (wrong is not null) yield return $"Scheduling: {wrong}";
    }

    internal SchedulingRules ToRules()
    {
        var rules = weights.Aggregate(SchedulingRules.Default, (made, one) => made.With(one.Score, one.Weight));
        rules = filters.Aggregate(rules, (made, filter) => made.WithHostFilter(filter.Name));
        return scores.Aggregate(rules, (made, one) => made.WithHostScore(one.Score.Name, one.Weight));
    }
}
