using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <summary><c>spec.affinity.nodeAffinity</c> of a pod template, as <see cref="PodTemplateReader"/> reads it.</summary>
sealed class NodeAffinityReader(TemplateFaults faults)
{
    /// <summary>Terms of one kind, and requirements of one term: far beyond what people write.</summary>
    const int Most = 64;

    public NodeAffinity Read(JsonElement spec)
    {
        if (JsonTexts.Member(spec, "affinity", JsonValueKind.Object) is not { } affinity
            || JsonTexts.Member(affinity, "nodeAffinity", JsonValueKind.Object) is not { } node) return NodeAffinity.None;
        const string Path = "spec.affinity.nodeAffinity";
        return new NodeAffinity(ReadRequired(node, Path), ReadPreferred(node, Path));
    }

    ImmutableArray<NodeTerm> ReadRequired(JsonElement node, string path)
    {
        const string Name = "requiredDuringSchedulingIgnoredDuringExecution", Terms = "nodeSelectorTerms";
        if (JsonTexts.Member(node, Name, JsonValueKind.Object) is not { } required) return default;
        path = $"{path}.{Name}";
        ImmutableArray<NodeTerm> read = [.. faults.Items(required, Terms, path, Most).Select(item => ReadTerm(item.Item, item.Field))];
        faults.RefuseIf(read.IsEmpty, $"{path}.{Terms}", "is missing: at least one term must say which nodes will do");
        return read;
    }

    ImmutableArray<PreferredNodeTerm> ReadPreferred(JsonElement node, string path)
    {
        var read = ImmutableArray.CreateBuilder<PreferredNodeTerm>();
        foreach (var (item, field) in faults.Items(node, "preferredDuringSchedulingIgnoredDuringExecution", path, Most))
        {
            var preference = JsonTexts.Member(item, "preference", JsonValueKind.Object);
            faults.RefuseIf(preference is null, $"{field}.preference", "is missing");
            read.Add(new PreferredNodeTerm(ReadWeight(item, field, faults), ReadTerm(preference ?? default, $"{field}.preference")));
        }
        return read.DrainToImmutable();
    }

    /// <summary>How much a preference counts beside its neighbours.</summary>
    internal static int ReadWeight(JsonElement item, string field, TemplateFaults faults)
    {
        if (JsonTexts.Member(item, "weight", JsonValueKind.Number) is { } number && number.TryGetInt32(out var weight) && weight is >= 1 and <= 100) return weight;
        faults.Refuse($"{field}.weight", "is not from 1 to 100");
        return 1;
    }

    NodeTerm ReadTerm(JsonElement term, string path) => new(
        ReadRequirements(term, "matchExpressions", path, isField: false),
        ReadRequirements(term, "matchFields", path, isField: true));

    ImmutableArray<NodeRequirement> ReadRequirements(JsonElement term, string name, string path, bool isField)
    {
        var read = ImmutableArray.CreateBuilder<NodeRequirement>();
        foreach (var (item, field) in faults.Items(term, name, path, Most))
        {
            var key = JsonTexts.Text(item, "key") ?? "";
            faults.RefuseIf(key.Length == 0, $"{field}.key", "is missing");
            faults.RefuseIf(isField && key is not ("" or "metadata.name"), $"{field}.key", $"\"{key}\" is no field of a node to select by: metadata.name is");
            var named = JsonTexts.Text(item, "operator") ?? "";
            if (!Enum.GetNames<NodeOperator>().Contains(named, StringComparer.Ordinal))
            {
                faults.Refuse($"{field}.operator", $"\"{named}\" is neither In, NotIn, Exists, DoesNotExist, Gt nor Lt");
                continue;
            }
            var known = Enum.Parse<NodeOperator>(named);
            faults.RefuseIf(isField && known is not (NodeOperator.In or NodeOperator.NotIn), $"{field}.operator", "is neither In nor NotIn, which fields are selected by");
            var values = JsonTexts.Texts(item, "values");
            if (Objection(known, values) is { } objection) faults.Refuse($"{field}.values", objection);
            read.Add(new NodeRequirement(key, known, values));
        }
        return read.DrainToImmutable();
    }

    static string? Objection(NodeOperator named, ImmutableArray<string> values) => named switch
    {
        NodeOperator.In or NodeOperator.NotIn => values.IsEmpty ? "is empty: name at least one value" : null,
        NodeOperator.Exists or NodeOperator.DoesNotExist => values.IsEmpty ? null : $"is not empty: {named} takes none",
        _ => values is [var one] && long.TryParse(one, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "is not one whole number",
    };
}
