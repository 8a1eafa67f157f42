using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables.Topology;

/// <summary>
/// Makes a template's rules out of what its manifest says, and shares tallies among all that count the same: a
/// thousand pods with one anti-affinity read one tally.
/// </summary>
sealed class RuleBook(Dictionary<NodeId, PlacedNode> nodes, NamespaceBook namespaces)
{
    readonly Dictionary<string, Domains> domains = new(StringComparer.Ordinal);
    readonly Dictionary<string, Tally> tallies = new(StringComparer.Ordinal);

    public IReadOnlyCollection<Tally> Tallies => tallies.Values;
    public IReadOnlyCollection<Domains> Domains => domains.Values;

    /// <summary>Tallies made since the last look, which do not count yet what is placed already.</summary>
    public List<Tally> Fresh { get; } = [];

    public static bool HasRules(PodTemplate pod) => !pod.PodAffinity.IsNone || !pod.TopologySpread.IsEmpty;

    public PlacementRules Make(PodTemplate pod, string @namespace)
    {
        var (affinity, spread) = (pod.PodAffinity, pod.TopologySpread);
        // An existing pod counts for one required term only if it is one of all of them: Kubernetes' documented rule.
        ImmutableArray<PodSet> all = [.. affinity.Required.Select(term => term.Pods)];
        Tally Members(PodTerm term) => Get(TallyOf.Members, [term.Pods], @namespace, Plain(term.TopologyKey), true);
        Tally[] carried =
        [
            .. affinity.RequiredAnti.Select(term => Get(TallyOf.Refusers, [term.Pods], @namespace, Plain(term.TopologyKey), true)),
            .. affinity.Required.Select(term => Get(TallyOf.Drawn, [term.Pods], @namespace, Plain(term.TopologyKey), true, weight: 1)),
            .. affinity.Preferred.Select(liked => Get(TallyOf.Drawn, [liked.Term.Pods], @namespace, Plain(liked.Term.TopologyKey), true, liked.Weight)),
            .. affinity.PreferredAnti.Select(shunned => Get(TallyOf.Drawn, [shunned.Term.Pods], @namespace, Plain(shunned.Term.TopologyKey), true, -shunned.Weight)),
        ];
        var rules = new PlacementRules(pod, @namespace)
        {
            Affinity = [.. affinity.Required.Select(term => Get(TallyOf.Members, all, @namespace, Plain(term.TopologyKey), true))],
            DrawsItself = all.All(set => set.Matches(pod.Labels, @namespace, @namespace, namespaces.Of)),
            AntiAffinity = [.. affinity.RequiredAnti.Select(Members)],
            Preferred = [.. affinity.Preferred.Select(liked => new Draw(Members(liked.Term), liked.Weight)), .. affinity.PreferredAnti.Select(shunned => new Draw(Members(shunned.Term), -shunned.Weight))],
            Spread = [.. spread.Select(says => new SpreadRule(says,
                Get(TallyOf.Members, [says.Pods], @namespace, Eligible(pod, says), false), says.Pods.Matches(pod.Labels, @namespace, @namespace, namespaces.Of) ? 1 : 0))],
            HasHardSpread = spread.Any(says => says.IsHard),
            Carried = [.. carried.Distinct()],
        };
        foreach (var tally in rules.Used) tally.Users++;
        foreach (var tally in tallies.Values) rules.Meet(tally);
        return rules;
    }

    /// <summary>Drops the tallies that only these rules read, and returns them.</summary>
    public List<Tally> Release(PlacementRules rules)
    {
        var dropped = new List<Tally>();
        foreach (var tally in rules.Used)
        {
            if (--tally.Users > 0) continue;
            tallies.Remove(tally.Identity);
            dropped.Add(tally);
            if (--tally.Domains.Users == 0) domains.Remove(tally.Domains.Identity);
        }
        return dropped;
    }

    Tally Get(TallyOf of, ImmutableArray<PodSet> sets, string @namespace, Domains by, bool countsLeaving, int weight = 0)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{of} {weight} {countsLeaving} ");
        Part(text, by.Identity);
        foreach (var set in sets) Identify(text, set, @namespace);
        var identity = text.ToString();
        if (tallies.TryGetValue(identity, out var tally)) return tally;
        by.Users++;
        tallies.Add(identity, tally = new Tally(identity, of, sets, @namespace, by, countsLeaving, weight, namespaces));
        Fresh.Add(tally);
        return tally;
    }

    Domains Plain(string topologyKey) => Get(topologyKey, [], null, null);

    Domains Eligible(PodTemplate pod, TopologySpread says) => Get(
        says.TopologyKey,
        [.. pod.TopologySpread.Where(other => other.IsHard == says.IsHard && other.TopologyKey != says.TopologyKey).Select(other => other.TopologyKey).Order(StringComparer.Ordinal)],
        says.HonorsAffinity && (pod.NodeSelector.Count > 0 || !pod.NodeAffinity.Required.IsDefault) ? pod : null,
        says.HonorsTaints ? pod : null);

    Domains Get(string topologyKey, string[] alsoKeys, PodTemplate? affinity, PodTemplate? taints)
    {
        var text = new StringBuilder();
        Part(text, topologyKey);
        foreach (var key in alsoKeys) Part(text, key);
        if (affinity is not null)
        {
            text.Append(" on");
            foreach (var pair in affinity.NodeSelector) Pair(text, pair);
            if (!affinity.NodeAffinity.Required.IsDefault) Part(text, string.Join(" or ", affinity.NodeAffinity.Required));
        }
        if (taints is not null)
        {
            text.Append(" tolerating");
            foreach (var toleration in taints.Tolerations) Part(text, toleration.ToString());
        }
        var identity = text.ToString();
        if (domains.TryGetValue(identity, out var known)) return known;
        domains.Add(identity, known = new Domains(identity, topologyKey, alsoKeys, affinity, taints));
        foreach (var node in nodes.Values) known.Add(node);
        return known;
    }

    static void Identify(StringBuilder text, PodSet set, string @namespace)
    {
        text.Append(set.AllNamespaces ? " all" : " in");
        if (!set.AllNamespaces && set.Namespaces.IsEmpty && set.NamespaceSelector is null) Part(text, @namespace);
        foreach (var named in set.Namespaces) Part(text, named);
        if (set.NamespaceSelector is { } chosen) Identify(text.Append(" those"), chosen);
        text.Append(set.Selector is null ? " none" : " of");
        if (set.Selector is { } selector) Identify(text, selector);
    }

    static void Identify(StringBuilder text, Selector selector)
    {
        foreach (var pair in selector.Pairs) Pair(text, pair);
        foreach (var term in selector.Terms)
        {
            text.Append(CultureInfo.InvariantCulture, $" {term.Operator}");
            Part(text, term.Key);
            foreach (var value in term.Values) Part(text, value);
        }
    }

    static void Pair(StringBuilder text, KeyValuePair<string, string> pair)
    {
        Part(text, pair.Key);
        Part(text, pair.Value);
    }

    /// <summary>With its length before it, so that no text can be mistaken for two.</summary>
    static void Part(StringBuilder text, string part) => text.Append(CultureInfo.InvariantCulture, $" {part.Length}:{part}");
}
