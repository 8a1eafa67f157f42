using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Gossip.Core.Model;

/// <summary><c>spec.affinity.nodeAffinity</c> of a pod template, as <see cref="PodTemplateReader"/> reads it.</summary>
/// <param name="refuse">Takes a field's path and what is wrong with it; reading goes on and its result is not used.</param>
sealed class NodeAffinityReader(Action<string, string> refuse)
{
    /// <summary>Terms of one kind, and requirements of one term: far beyond what people write.</summary>
    const int Most = 64;

    public NodeAffinity Read(JsonElement spec)
    {
        if (JsonTexts.Member(spec, "affinity", JsonValueKind.Object) is not { } affinity
            || JsonTexts.Member(affinity, "nodeAffinity", JsonValueKind.Object) is not { } node) return NodeAffinity.None;
        const string Path = "spec.affinity.nodeAffinity";
        return new NodeAffinity(
            ReadRequired(node, $"{Path}.requiredDuringSchedulingIgnoredDuringExecution"),
            ReadPreferred(node, $"{Path}.preferredDuringSchedulingIgnoredDuringExecution"));
    }

    ImmutableArray<NodeTerm> ReadRequired(JsonElement node, string path)
    {
        if (JsonTexts.Member(node, "requiredDuringSchedulingIgnoredDuringExecution", JsonValueKind.Object) is not { } required) return default;
        path += ".nodeSelectorTerms";
        var items = Items(required, "nodeSelectorTerms", path);
        if (items.Count == 0) refuse(path, "is missing: at least one term must say which nodes will do");
        return [.. items.Select((item, i) => ReadTerm(item, At(path, i)))];
    }

    ImmutableArray<PreferredNodeTerm> ReadPreferred(JsonElement node, string path)
    {
        var read = ImmutableArray.CreateBuilder<PreferredNodeTerm>();
        foreach (var item in Items(node, "preferredDuringSchedulingIgnoredDuringExecution", path))
        {
            var field = At(path, read.Count);
            var weight = JsonTexts.Member(item, "weight", JsonValueKind.Number) is { } number && number.TryGetInt32(out var given) ? given : 0;
            if (weight is < 1 or > 100) refuse($"{field}.weight", "is not from 1 to 100");
            var preference = JsonTexts.Member(item, "preference", JsonValueKind.Object);
            if (preference is null) refuse($"{field}.preference", "is missing");
            read.Add(new PreferredNodeTerm(weight, ReadTerm(preference ?? default, $"{field}.preference")));
        }
        return read.DrainToImmutable();
    }

    NodeTerm ReadTerm(JsonElement term, string path) => new(
        ReadRequirements(term, "matchExpressions", path, isField: false),
        ReadRequirements(term, "matchFields", path, isField: true));

    ImmutableArray<NodeRequirement> ReadRequirements(JsonElement term, string name, string path, bool isField)
    {
        path = $"{path}.{name}";
        var read = ImmutableArray.CreateBuilder<NodeRequirement>();
        foreach (var item in Items(term, name, path))
        {
            var field = At(path, read.Count);
            var key = JsonTexts.Text(item, "key") ?? "";
            if (key.Length == 0) refuse($"{field}.key", "is missing");
            else if (isField && key != "metadata.name") refuse($"{field}.key", $"\"{key}\" is no field of a node to select by: metadata.name is");
            var named = JsonTexts.Text(item, "operator") ?? "";
            if (!Enum.GetNames<NodeOperator>().Contains(named, StringComparer.Ordinal)) refuse($"{field}.operator", $"\"{named}\" is neither In, NotIn, Exists, DoesNotExist, Gt nor Lt");
            _ = Enum.TryParse<NodeOperator>(named, out var known);
            if (isField && known is not (NodeOperator.In or NodeOperator.NotIn)) refuse($"{field}.operator", "is neither In nor NotIn, which fields are selected by");
            var values = JsonTexts.Texts(item, "values");
            if (Objection(known, values) is { } objection) refuse($"{field}.values", objection);
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

    List<JsonElement> Items(JsonElement of, string name, string path)
    {
        if (JsonTexts.Member(of, name, JsonValueKind.Array) is not { } items) return [];
        if (items.GetArrayLength() > Most) refuse(path, $"has {items.GetArrayLength()} entries, at most {Most}");
        return [.. items.EnumerateArray().Take(Most)];
    }

    static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
