using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.View;

namespace Gossip.Core.Explain;

/// <summary>One node's answer in the last round, with its name.</summary>
/// <param name="Score">Of a bid; -1 for a refusal.</param>
sealed record WhyAnswer(string Node, int Score, bool Won, string Why);

/// <summary>Why a pod is where it is, or nowhere: for people as text, for machines as a record.</summary>
/// <param name="Headline">One sentence: the answer.</param>
/// <param name="Answers">Bids, best first, then refusals, by node name.</param>
/// <param name="Remarks">What else is worth knowing: answers that did not travel, copies that drain.</param>
/// <param name="Diagnosis">Of a pending pod: every live node under the rule that keeps the pod away; else null.</param>
sealed record WhyReport(
    string Pod, string Owner, PodPhase Phase, string Node, string Headline, ImmutableArray<WhyAnswer> Answers, ImmutableArray<string> Remarks, Diagnosis? Diagnosis)
{
    /// <summary>The report as indented lines, without a colour or an end of line at the end.</summary>
    public string ToText()
    {
        var text = new StringBuilder(Pod).Append(" of ").Append(Owner).Append('\n').Append("  ").Append(Headline);
        var width = Answers.IsEmpty ? 0 : Answers.Max(answer => answer.Node.Length);
        foreach (var answer in Answers)
            text.Append(CultureInfo.InvariantCulture, $"\n  {(answer.Won ? '*' : ' ')} {answer.Node.PadRight(width)}  {(answer.Score < 0 ? "refused" : $"bid {answer.Score}")}{(answer.Why.Length == 0 ? "" : $": {answer.Why}")}");
        foreach (var remark in Remarks) text.Append("\n  ").Append(remark);
        return text.ToString();
    }
}

/// <summary>Explains a pod's place from what this node knows: the last round of its auction, and its admissions.</summary>
static class Why
{
    /// <param name="diagnoses">Of the same view, to spare making them again.</param>
    public static WhyReport Explain(PodView pod, ClusterView view, Diagnoses? diagnoses = null)
    {
        string NameOf(NodeId node)
        {
            foreach (var known in view.Nodes)
                if (known.Member.Id == node) return known.Member.Name;
            return node.ToString();
        }
        var round = pod.Summary;
        var owner = pod.Standing?.Node ?? NodeId.None;
        var answers = (round?.Answers ?? [])
            .Select(answer => new WhyAnswer(NameOf(answer.Node), answer.Score, IsOfThisRun(pod) && answer.Node == owner, answer.Why))
            .OrderByDescending(answer => answer.Score).ThenBy(answer => answer.Node, StringComparer.Ordinal);
        var diagnosis = (diagnoses ?? new Diagnoses(view)).Of(pod);
        return new WhyReport(
            $"{pod.Namespace}/{pod.Name}", pod.Owner.ToString(), pod.Phase, pod.NodeName, Headline(pod, diagnosis, NameOf), [.. answers], [.. Remarks(pod, view, NameOf)], diagnosis);
    }

    static bool IsOfThisRun(PodView pod) => pod.Standing is { } standing && pod.Summary?.Run.Epoch == standing.Run.Epoch;

    static string Headline(PodView pod, Diagnosis? diagnosis, Func<NodeId, string> nameOf)
    {
        if (pod.Standing is not { } standing)
            return pod.Phase == PodPhase.Pending ? $"pending: {Pending(pod, diagnosis)}" : pod.Phase == PodPhase.Succeeded ? "has run to its end" : "has failed";
        var won = standing.Birth.Winner.Length == 0 ? "" : $": {standing.Birth.Winner}";
        var headline = $"on {pod.NodeName} since {new WallTime(standing.AdmittedAt.UnixMilliseconds).ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}, run {standing.Run.Epoch}{won}";
        if (!IsOfThisRun(pod)) return headline;
        RoundAnswer? mine = null, next = null;
        var answers = pod.Summary!.Answers;
        foreach (var answer in answers)
            if (!answer.IsBid) continue;
            else if (answer.Node == standing.Node) mine = answer;
            else if (next is null || answer.Score > next.Value.Score) next = answer;
        if (mine is not { } bid) return headline;
        if (bid.Evicts is { } cost) return AtOthersCost(headline, cost, bid.Node, answers, nameOf);
        if (next is not { } second) return $"{headline}; nobody else bid";
        return bid.Score > second.Score ? $"{headline}; next best was {nameOf(second.Node)} with {second.Score}"
            : bid.Score == second.Score ? $"{headline}; {nameOf(second.Node)} bid as much, and the hash of pod, run and node decided"
            : $"{headline}; {nameOf(second.Node)} bid {second.Score}, and had let it go when it was awarded";
    }

    /// <summary>Of bids that evict what they cost decides, and the score only among equals.</summary>
    static string AtOthersCost(string headline, PreemptionCost cost, NodeId node, ImmutableArray<RoundAnswer> answers, Func<NodeId, string> nameOf)
    {
        foreach (var answer in answers) // in the order of bids
            if (answer.IsBid && answer.Node != node) return $"{headline}; {cost}, and next was {nameOf(answer.Node)}: {answer.Evicts?.ToString() ?? answer.Why}";
        return $"{headline}; {cost}, and nobody else bid";
    }

    /// <summary>The last time that it had to go for another, as this node saw it.</summary>
    static string? Eviction(PodView pod, ClusterView view)
    {
        var name = new ObjectName(PodKind.Kind, pod.Namespace, pod.Name);
        for (var i = view.Events.Length - 1; i >= 0; i--)
            if (view.Events[i] is { Reason: PodReasons.Preempted } evicted && evicted.About == name)
                return $"evicted at {evicted.Last.ToDateTimeOffset().ToString("u", CultureInfo.InvariantCulture)}: {evicted.Message}";
        return null;
    }

    /// <summary>While some node may take it, what its auction does; else what stands in the way.</summary>
    static string Pending(PodView pod, Diagnosis? diagnosis) =>
        diagnosis is null ? pod.PendingBecause
        : diagnosis.Fit > 0 ? $"{pod.PendingBecause}; {diagnosis.Words}"
        : diagnosis.Words;

    static IEnumerable<string> Remarks(PodView pod, ClusterView view, Func<NodeId, string> nameOf)
    {
        if (Eviction(pod, view) is { } eviction) yield return eviction;
        if (pod.Gang.Length > 0) yield return pod.Gang;
        if (pod.Summary is { } round)
        {
            var head = round.Head;
            yield return string.Create(CultureInfo.InvariantCulture, $"round {head.Round} of run {head.Run.Epoch}, called by {nameOf(head.Auctioneer)}: asked {head.Asked}, {head.Bids} bid, {round.Answers.Length} answers shown");
            if (pod.Standing is { } standing && head.Run.Epoch != standing.Run.Epoch) yield return "that round was for another run; the round of this one is not known here";
        }
        if (pod.Deleting) yield return "its workload does not want it any more";
        foreach (var admission in pod.Admissions)
            if (admission.Uid != pod.Standing?.Uid)
                yield return $"also admitted by {nameOf(admission.Node)}, run {admission.Run.Epoch}{(admission.Status.Draining ? ", draining" : "")}";
    }
}
