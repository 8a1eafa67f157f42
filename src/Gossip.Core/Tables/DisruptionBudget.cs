using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>
/// What a policy/v1 PodDisruptionBudget says: how many of the pods that it selects must stay when somebody moves pods on
/// purpose. What happens by itself (a node that dies) it cannot forbid.
/// </summary>
/// <param name="Selector">Null selects nothing, an empty one every pod of the namespace.</param>
/// <param name="AlwaysAllowsUnhealthy">A pod that is not ready may go whatever the rest does (<c>unhealthyPodEvictionPolicy: AlwaysAllow</c>).</param>
/// <param name="Problem">Why it cannot be read; it then forbids every disruption. Empty when it can.</param>
sealed record DisruptionBudget(Selector? Selector, Share? MinAvailable, Share? MaxUnavailable, bool AlwaysAllowsUnhealthy, string Problem)
{
    public const string MinAvailableField = "spec.minAvailable", MaxUnavailableField = "spec.maxUnavailable",
        SelectorField = "spec.selector", PolicyField = "spec.unhealthyPodEvictionPolicy";

    /// <param name="json">The value of a field; empty when the object does not have it.</param>
    public static DisruptionBudget Read(Func<string, ReadOnlyMemory<byte>> json)
    {
        var problem = "";
        var min = ReadShare(MinAvailableField);
        var max = ReadShare(MaxUnavailableField);
        if (min is not null && max is not null) problem = $"{MinAvailableField} and {MaxUnavailableField} cannot be both set";
        Selector? selector = null;
        if (json(SelectorField) is { IsEmpty: false } selects && (selector = Selector.TryRead(selects, out var wrong)) is null) problem = $"{SelectorField} {wrong}";
        return new DisruptionBudget(selector, min, max, json(PolicyField).Span.SequenceEqual("\"AlwaysAllow\""u8), problem);

        Share? ReadShare(string field)
        {
            if (json(field) is not { IsEmpty: false } value) return null;
            if (Share.TryRead(value.Span) is { } share) return share;
            problem = $"{field} is neither a number from 0 nor a percentage";
            return null;
        }
    }

    /// <summary>How many of the expected pods have to be healthy.</summary>
    public int DesiredHealthy(int expected) =>
        MaxUnavailable is { } missing ? Math.Max(0, expected - missing.Of(expected)) : MinAvailable?.Of(expected) ?? 0;
}

/// <summary>How a budget stands, as its status shows it.</summary>
/// <param name="CurrentHealthy">Of the expected ones, those that stand on a live node, are ready and are not on their way out.</param>
/// <param name="ExpectedPods">That its workloads want, whether or not anybody runs them.</param>
public readonly record struct BudgetStatus(int CurrentHealthy, int DesiredHealthy, int ExpectedPods)
{
    /// <summary>How many of its pods may be evicted now.</summary>
    public int DisruptionsAllowed => ExpectedPods == 0 ? 0 : Math.Max(0, CurrentHealthy - DesiredHealthy);
}
