using System.Collections.Immutable;
using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>Why nobody runs a pod, in one line: the refusals of its last round, alike ones together.</summary>
static class PendingReason
{
    public const string NoAuction = "waiting for an auction";

    /// <summary>How the reason of a gated pod begins; its gates' names follow.</summary>
    public const string Gated = "held by scheduling gates: ";

    public static string LacksClass(PodTemplate pod) => $"there is no PriorityClass \"{pod.PriorityClassName}\"";

    public const string LacksVoters = "is a singleton, and no voters are named: say `gossip voters add NODE NODE NODE`";

    public static string Of(Slot slot, Func<NodeId, string> nodeName)
    {
        if (slot.IsGated) return Gated + string.Join(", ", slot.Template.SchedulingGates);
        if (slot.Summary is not { } round || round.Head is var head && head.Run.Epoch < slot.NextEpoch) return NoAuction;
        if (head.Winner != NodeId.None) return $"awarded to {nodeName(head.Winner)}, which has not admitted it yet";
        return Of(round);
    }

    /// <summary>Why its gang does not stand; null when it does, and the pod is looked at like any other.</summary>
    public static string? Of(Gang gang, GangState state)
    {
        if (state.Stands) return null;
        if (state.WhyNot is { } unfit) return unfit;
        RoundSummary? last = null;
        foreach (var member in gang.Members.Values)
            if (member.Summary is { Gang.Length: > 0 } told && told.Run.Epoch >= member.NextEpoch && (last is null || told.At.CompareTo(last.At) > 0)) last = told;
        return last is null ? $"{state}; {NoAuction}" : Of(last);
    }

    public static string Of(RoundSummary round)
    {
        var next = OfNext(round);
        return round.Gang is { Length: > 0 } gang ? $"{gang}; of the next, {next}" : next;
    }

    static string OfNext(RoundSummary round)
    {
        var asked = round.Asked;
        if (asked == 0) return "no node to ask";
        var answers = round.Answers;
        var bids = answers.Count(answer => answer.IsBid);
        var groups = Refusals(answers);
        var silent = asked - answers.Length;
        if (silent > 0 && answers.Length < RoundSummary.AnswersMax) groups.Add((silent, "no answer"));
        var text = string.Join(", ", groups.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Why} ({group.Count})")));
        return string.Create(CultureInfo.InvariantCulture, $"{bids}/{asked} nodes fit{(text.Length == 0 ? "" : ": ")}{text}");
    }

    /// <summary>Most frequent first. Reasons that differ only in what is free are one; alone or alike they keep every word.</summary>
    static List<(int Count, string Why)> Refusals(ImmutableArray<RoundAnswer> answers) =>
    [
        .. answers.Where(answer => !answer.IsBid)
            .GroupBy(answer => Short(answer.Why), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Count(), group.Select(answer => answer.Why).Distinct(StringComparer.Ordinal).Count() == 1 ? group.First().Why : group.Key)),
    ];

    /// <summary>"needs 2000m cpu, 100m free; needs 4Gi memory, 1Gi free" without what varies from node to node.</summary>
    internal static string Short(string why) => string.Join("; ", why.Split("; ").Select(part => part.Split(", ")[0]));
}
