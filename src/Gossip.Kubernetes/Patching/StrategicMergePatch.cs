using System.Text.Json.Nodes;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Manifests.Rules;

namespace Gossip.Kubernetes.Patching;

/// <summary>
/// Kubernetes' own merge patch: as RFC 7396, but lists whose items have a key merge item by item, and directives say what a merge
/// cannot. It knows the fields' types, for the keys differ from list to list.
/// </summary>
static class StrategicMergePatch
{
    const string Patch = "$patch", RetainKeys = "$retainKeys", Order = "$setElementOrder/", Taken = "$deleteFromPrimitiveList/";

    /// <summary>Changes <paramref name="target"/> in place; a patch that fails may have changed a part.</summary>
    /// <param name="model">The typed view of the target; null for what no model knows: its lists are replaced.</param>
    /// <exception cref="BadPatch"/>
    public static void Apply(JsonObject target, JsonObject patch, Type? model)
    {
        switch (patch[Patch]?.AsText())
        {
            case null or "merge": break;
            case "replace":
                target.Clear();
                CopyInto(target, patch);
                return;
            case "delete":
                target.Clear();
                return;
            case var other: throw new BadPatch($"$patch is '{other}': must be merge, replace or delete", isMalformed: true);
        }
        Retain(target, patch);
        foreach (var (key, value) in patch)
            if (key.StartsWith(Taken, StringComparison.Ordinal)) TakeOut(target, key[Taken.Length..], value);
        foreach (var (key, value) in patch)
            if (!key.StartsWith('$')) ApplyField(target, key, value, patch, model);
        foreach (var (key, value) in patch)
            if (key.StartsWith(Order, StringComparison.Ordinal) && !patch.ContainsKey(key[Order.Length..]))
                SortInto(target, key[Order.Length..], value, null, ListMerging.Of(model, key[Order.Length..]));
    }

    static void ApplyField(JsonObject target, string key, JsonNode? value, JsonObject patch, Type? model)
    {
        switch (value)
        {
            case null:
                target.Remove(key);
                break;
            case JsonObject inner:
                if (target[key] is not JsonObject below || ListMerging.IsReplaced(model, key)) target[key] = below = [];
                Apply(below, inner, FieldTypesRule.ModelOf(model, key));
                break;
            case JsonArray items when ListMerging.Of(model, key) is { } merging:
                var held = target[key] as JsonArray;
                var before = (JsonArray?)held?.DeepClone();
                if (held is null) target[key] = held = [];
                MergeList(held, items, merging, FieldTypesRule.ModelOf(model, key), key);
                if (patch[$"{Order}{key}"] is { } order) SortInto(target, key, order, before, merging);
                break;
            default:
                target[key] = value.DeepClone();
                break;
        }
    }

    static void Retain(JsonObject target, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var kept)) return;
        if (kept is not JsonArray names) throw new BadPatch("$retainKeys must be a list of names", isMalformed: true);
        var retained = names.Select(name => name.AsText()).ToHashSet(StringComparer.Ordinal);
        foreach (var key in target.Select(pair => pair.Key).ToArray())
            if (!retained.Contains(key)) target.Remove(key);
    }

    static void TakeOut(JsonObject target, string key, JsonNode? values)
    {
        if (values is not JsonArray gone) throw new BadPatch($"{Taken}{key} must be a list", isMalformed: true);
        if (target[key] is not JsonArray held) return;
        var ids = gone.Select(value => IdOf(value, "")).ToHashSet(StringComparer.Ordinal);
        Refill(held, [.. held.Where(value => !ids.Contains(IdOf(value, "")))]);
    }

    static void MergeList(JsonArray held, JsonArray items, ListMerging merging, Type? item, string field)
    {
        if (merging.Key.Length == 0)
        {
            var known = held.Select(value => IdOf(value, "")).ToHashSet(StringComparer.Ordinal);
            foreach (var value in items)
                if (known.Add(IdOf(value, ""))) held.Add(value?.DeepClone());
            return;
        }
        if (items.Any(one => one is JsonObject entry && entry[Patch].AsText() == "replace")) held.Clear();
        var (merged, places) = (held.ToList(), Places(held, merging.Key));
        // Deletions first, as Kubernetes does: a patch may delete one and add another of the same key.
        foreach (var isDeletion in (bool[])[true, false])
            foreach (var one in items)
            {
                if (one is not JsonObject entry) throw new BadPatch($"{field}: every item must be an object", isMalformed: false);
                var directive = entry[Patch].AsText();
                if (directive == "delete" != isDeletion) continue;
                if (!entry.TryGetPropertyValue(merging.Key, out var key) || key is null)
                {
                    if (directive == "replace") continue;
                    throw new BadPatch($"{field}: an item has no {merging.Key}, by which items are merged", isMalformed: false);
                }
                var id = IdOf(entry, merging.Key);
                if (isDeletion)
                {
                    if (places.Remove(id, out var gone)) merged[gone] = null;
                    continue;
                }
                var isHeld = places.TryGetValue(id, out var at);
                var target = isHeld && directive != "replace" && merged[at] is JsonObject present ? present : [];
                Apply(target, WithoutDirective(entry), item);
                if (isHeld) merged[at] = target;
                else
                {
                    places.Add(id, merged.Count);
                    merged.Add(target);
                }
            }
        Refill(held, [.. merged.Where(one => one is not null)]);
    }

    static JsonObject WithoutDirective(JsonObject entry)
    {
        var patch = (JsonObject)entry.DeepClone();
        patch.Remove(Patch);
        return patch;
    }

    static void Refill(JsonArray held, JsonNode?[] items)
    {
        held.Clear();
        foreach (var item in items) held.Add(item);
    }

    /// <summary>
    /// Those that the order names, in that order; between them the others, each before the first of them that followed it before.
    /// </summary>
    static void SortInto(JsonObject target, string field, JsonNode? order, JsonArray? before, ListMerging? merging)
    {
        if (order is not JsonArray wanted) throw new BadPatch($"{Order}{field} must be a list", isMalformed: true);
        if (target[field] is not JsonArray held || merging is not { Key: var key }) return;
        before ??= (JsonArray)held.DeepClone();
        var places = Places(wanted, key);
        var was = Places(before, key);
        var named = held.Where(item => places.ContainsKey(IdOf(item, key))).OrderBy(item => places[IdOf(item, key)]).ToArray();
        var others = held.Where(item => !places.ContainsKey(IdOf(item, key))).ToArray();
        held.Clear();
        var (left, right) = (0, 0);
        while (left < others.Length || right < named.Length)
        {
            var isOthers = left < others.Length && (right >= named.Length
                || (was.TryGetValue(IdOf(others[left], key), out var l) && was.TryGetValue(IdOf(named[right], key), out var r) && l < r));
            held.Add(isOthers ? others[left++] : named[right++]);
        }
    }

    static Dictionary<string, int> Places(JsonArray items, string key)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++) places.TryAdd(IdOf(items[i], key), i);
        return places;
    }

    static string IdOf(JsonNode? item, string key) => (key.Length == 0 ? item : item.Below(key))?.ToJsonString() ?? "null";

    /// <summary>What a patch sets, without the directives in it.</summary>
    static void CopyInto(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
            if (!key.StartsWith('$') && value is not null) target[key] = value.DeepClone();
    }
}
