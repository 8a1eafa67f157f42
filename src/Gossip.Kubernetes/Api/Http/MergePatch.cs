using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>
/// RFC 7386: objects merge, null takes out, everything else replaces. The same serves strategic merge patches where every list
/// is atomic, as those of a Node's spec are, taints too; of its directives <c>$patch</c> is obeyed, and those for lists are passed over.
/// </summary>
static class MergePatch
{
    const string Directive = "$patch";

    /// <summary>Changes <paramref name="target"/> in place.</summary>
    public static void Apply(JsonObject target, JsonObject patch, bool strategic)
    {
        if (strategic && patch[Directive] is JsonValue directive && directive.TryGetValue<string>(out var how)
            && how is "replace" or "delete")
            target.Clear();
        foreach (var (key, value) in patch)
        {
            if (strategic && key.StartsWith('$')) continue;
            if (value is null) target.Remove(key);
            else if (value is not JsonObject inner) target[key] = value.DeepClone();
            else
            {
                if (target[key] is not JsonObject below) target[key] = below = [];
                Apply(below, inner, strategic);
            }
        }
    }
}
