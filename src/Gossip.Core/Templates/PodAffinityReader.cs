using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary><c>spec.affinity.podAffinity</c> and <c>podAntiAffinity</c> of a pod template, as <see cref="PodTemplateReader"/> reads them.</summary>
sealed class PodAffinityReader(TemplateFaults faults, PodSetReader sets)
{
    const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public PodAffinity Read(JsonElement spec)
    {
        if (JsonTexts.Member(spec, "affinity", JsonValueKind.Object) is not { } affinity) return PodAffinity.None;
        var (beside, required, preferred) = ReadBoth(affinity, "podAffinity");
        var (apart, requiredAnti, preferredAnti) = ReadBoth(affinity, "podAntiAffinity");
        return beside || apart ? new PodAffinity(required, preferred, requiredAnti, preferredAnti) : PodAffinity.None;
    }

    (bool IsThere, ImmutableArray<PodTerm> Required, ImmutableArray<PreferredPodTerm> Preferred) ReadBoth(JsonElement affinity, string name)
    {
        if (JsonTexts.Member(affinity, name, JsonValueKind.Object) is not { } terms) return (false, [], []);
        var path = $"spec.affinity.{name}";
        return (true,
            [.. faults.Items(terms, Required, path, PodSetReader.Most).Select(item => ReadTerm(item.Item, item.Field))],
            [.. faults.Items(terms, Preferred, path, PodSetReader.Most).Select(item => ReadPreferred(item.Item, item.Field))]);
    }

    PreferredPodTerm ReadPreferred(JsonElement item, string field)
    {
        var term = JsonTexts.Member(item, "podAffinityTerm", JsonValueKind.Object);
        faults.RefuseIf(term is null, $"{field}.podAffinityTerm", "is missing");
        return new PreferredPodTerm(NodeAffinityReader.ReadWeight(item, field, faults), ReadTerm(term ?? default, $"{field}.podAffinityTerm"));
    }

    PodTerm ReadTerm(JsonElement term, string field) => new(sets.Read(term, field), sets.ReadTopologyKey(term, field));
}
