namespace Gossip.Core.Tables.Topology;

/// <summary>
/// The pods around, as one pod that is to be placed sees them: its rules, and every count without itself, for a pod
/// that is moved must not stand in its own way. The default one knows of no rules.
/// </summary>
public readonly record struct Surroundings
{
    readonly PlacedPods? placed;
    readonly Slot? slot;

    internal Surroundings(PlacedPods placed, Slot slot) => (this.placed, this.slot) = (placed, slot);

    internal PlacementRules? Rules => slot?.Rules;

    /// <summary>Pods that are thought away; null for none.</summary>
    internal Departures? Without { get; init; }

    /// <summary>How many others a domain has.</summary>
    internal int Count(Tally tally, string domain) => tally.Count(domain) - (IsCounted(tally) ? Own(tally, domain) : 0) - (Without?.Of(tally, domain) ?? 0);

    /// <summary>How many others all domains have together.</summary>
    internal int Total(Tally tally) => tally.Total - (IsCounted(tally) ? Own(tally, null) : 0) - (Without?.Of(tally, null) ?? 0);

    /// <summary>How many others the domain with the fewest has.</summary>
    internal int Least(Tally tally)
    {
        var least = tally.Least;
        if (Without?.DomainOf(tally) is { } left) least = Math.Min(least, Count(tally, left));
        if (!IsCounted(tally)) return least;
        foreach (var place in slot!.Places)
            if (tally.Counts(place) && placed!.DomainOf(tally, place.Node) is { } domain) least = Math.Min(least, Count(tally, domain));
        return least;
    }

    bool IsCounted(Tally tally) => slot!.Places.Length > 0 && slot.Rules!.CountedIn.Contains(tally);

    /// <param name="domain">Null for any.</param>
    int Own(Tally tally, string? domain)
    {
        var own = 0;
        foreach (var place in slot!.Places)
            if (tally.Counts(place) && placed!.DomainOf(tally, place.Node) is { } there && (domain is null || string.Equals(domain, there, StringComparison.Ordinal))) own++;
        return own;
    }
}
