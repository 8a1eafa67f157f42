using Gossip.Core.Templates;

namespace Gossip.Core.Tables.Topology;

/// <summary>A spread constraint with what it counts by.</summary>
/// <param name="Self">1 when the pod is one of those that it speaks of.</param>
readonly record struct SpreadRule(TopologySpread Says, Tally Tally, int Self)
{
    /// <summary>Whether it keeps the pod out of a domain, and by which counts.</summary>
    public bool Forbids(string domain, in Surroundings around, out int there, out int least)
    {
        least = Tally.Domains.Count < Says.MinDomains ? 0 : around.Least(Tally);
        there = around.Count(Tally, domain);
        return there + Self - least > Says.MaxSkew;
    }
}

/// <summary>A tally that draws (or, with a weight below 0, drives off) a pod.</summary>
readonly record struct Draw(Tally Tally, int Weight);

/// <summary>
/// What placing a pod of one template has to do with other pods: which tallies its own rules read, which rules of
/// others speak of it, and where it is counted. Made once a template, so that a decision only looks up counts.
/// </summary>
sealed class PlacementRules(PodTemplate template, string @namespace)
{
    public PodTemplate Template => template;
    public string Namespace => @namespace;

    /// <summary>How many slots have the template.</summary>
    public int Slots { get; set; }

    /// <summary>Required affinity: each must have somebody in the node's domain.</summary>
    public Tally[] Affinity { get; init; } = [];

    /// <summary>The required affinity speaks of the pod itself: the first of its kind may go anywhere.</summary>
    public bool DrawsItself { get; init; }

    /// <summary>Required anti-affinity: none may have anybody there.</summary>
    public Tally[] AntiAffinity { get; init; } = [];

    public SpreadRule[] Spread { get; init; } = [];

    /// <summary>Its preferences, of pods beside it.</summary>
    public Draw[] Preferred { get; init; } = [];

    /// <summary>Those of <see cref="TallyOf.Refusers"/> and <see cref="TallyOf.Drawn"/> that it is counted in for its own terms.</summary>
    public Tally[] Carried { get; init; } = [];

    /// <summary>Required anti-affinity of other pods that speaks of this one.</summary>
    public List<Tally> RefusedBy { get; } = [];

    /// <summary>Preferences of other pods that speak of this one.</summary>
    public List<Tally> DrawnBy { get; } = [];

    /// <summary>Where a pod of it is counted.</summary>
    public List<Tally> CountedIn { get; } = [];

    /// <summary>Some rule, of its own or of others, could refuse it a node.</summary>
    public bool IsHard => Affinity.Length + AntiAffinity.Length + RefusedBy.Count > 0 || HasHardSpread;

    public bool HasHardSpread { get; init; }

    /// <summary>Moves when anything moved that a rule of it reads.</summary>
    public ulong Version
    {
        get
        {
            ulong sum = 0;
            foreach (var tally in Affinity) sum += tally.Version;
            foreach (var tally in AntiAffinity) sum += tally.Version;
            foreach (var tally in RefusedBy) sum += tally.Version;
            foreach (var rule in Spread) sum += rule.Tally.Version;
            return sum;
        }
    }

    /// <summary>Every tally that its own rules hold on to, one as often as they do.</summary>
    public IEnumerable<Tally> Used => Affinity.Concat(AntiAffinity).Concat(Spread.Select(rule => rule.Tally))
        .Concat(Preferred.Select(draw => draw.Tally)).Concat(Carried);

    /// <summary>Takes note of a tally that may count the pod or speak of it.</summary>
    public void Meet(Tally tally)
    {
        var speaks = tally.SpeaksOf(template, @namespace);
        if (tally.Of == TallyOf.Members ? speaks : Carried.Contains(tally)) CountedIn.Add(tally);
        if (!speaks) return;
        if (tally.Of == TallyOf.Refusers) RefusedBy.Add(tally);
        else if (tally.Of == TallyOf.Drawn) DrawnBy.Add(tally);
    }

    public void Forget(Tally tally)
    {
        CountedIn.Remove(tally);
        RefusedBy.Remove(tally);
        DrawnBy.Remove(tally);
    }
}
