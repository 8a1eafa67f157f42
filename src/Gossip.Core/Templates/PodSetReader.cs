using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary>Which pods an affinity term or a spread constraint speaks of, as <see cref="PodTemplateReader"/> reads it.</summary>
/// <param name="labels">Of the pod itself: what <c>matchLabelKeys</c> takes values from.</param>
sealed class PodSetReader(TemplateFaults faults, Labels labels)
{
    /// <summary>Terms of one kind, keys or namespaces of one term: far beyond what people write.</summary>
    internal const int Most = 64;

    /// <summary>Every namespace has it, as in Kubernetes.</summary>
    internal const string NameOfNamespace = "kubernetes.io/metadata.name";

    public PodSet Read(JsonElement term, string field)
    {
        var selector = ReadSelector(term, field);
        var keys = ReadKeys(term, "matchLabelKeys", SelectorOperator.In, selector, field);
        var others = ReadKeys(term, "mismatchLabelKeys", SelectorOperator.NotIn, selector, field);
        if (selector is not null && keys.Length + others.Length > 0) selector = selector with { Terms = [.. selector.Terms, .. keys, .. others] };
        var namespaces = JsonTexts.Texts(term, "namespaces");
        faults.RefuseIf(namespaces.Length > Most, $"{field}.namespaces", $"are {namespaces.Length}, at most {Most}");
        var all = false;
        Selector? byLabels = null;
        if (JsonTexts.Member(term, "namespaceSelector", JsonValueKind.Object) is { } chosen)
        {
            var read = Selector.TryRead(chosen, out var problem);
            if (read is null) faults.Refuse($"{field}.namespaceSelector", problem);
            else if (read.IsEmpty) all = true;
            else if (read.Terms.IsEmpty && read.Pairs.Count == 1 && read.Pairs[NameOfNamespace] is { } named) namespaces = namespaces.Add(named);
            else byLabels = read;
        }
        return new PodSet(selector, [.. namespaces.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], all) { NamespaceSelector = byLabels };
    }

    public string ReadTopologyKey(JsonElement term, string field) => faults.Name(term, "topologyKey", field, Wire.Limits.Name + 1 + Wire.Limits.Label);

    Selector? ReadSelector(JsonElement term, string field)
    {
        if (JsonTexts.Member(term, "labelSelector", JsonValueKind.Object) is not { } json) return null;
        var selector = Selector.TryRead(json, out var problem);
        if (selector is null) faults.Refuse($"{field}.labelSelector", problem);
        else faults.RefuseIf(!selector.IsEmpty && !json.TryGetProperty("matchLabels", out _) && !json.TryGetProperty("matchExpressions", out _),
            $"{field}.labelSelector", "has neither matchLabels nor matchExpressions");
        return selector;
    }

    /// <summary>The pod's own value of each key becomes a term; a key that it has no label of says nothing, as in Kubernetes.</summary>
    ImmutableArray<SelectorTerm> ReadKeys(JsonElement term, string name, SelectorOperator than, Selector? selector, string field)
    {
        var keys = JsonTexts.Texts(term, name);
        faults.RefuseIf(keys.Length > Most, $"{field}.{name}", $"are {keys.Length}, at most {Most}");
        faults.RefuseIf(keys.Length > 0 && selector is null, $"{field}.{name}", "needs a labelSelector beside it");
        return [.. keys.Where(key => labels[key] is not null).Select(key => new SelectorTerm(key, than, [labels[key]!]))];
    }
}
