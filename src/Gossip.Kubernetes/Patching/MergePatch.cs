using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Patching;

/// <summary>RFC 7396: objects merge, null takes out, everything else replaces.</summary>
static class MergePatch
{
    /// <summary>Changes <paramref name="target"/> in place.</summary>
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null) target.Remove(key);
            else if (value is not JsonObject inner) target[key] = value.DeepClone();
            else
            {
                if (target[key] is not JsonObject below) target[key] = below = [];
                Apply(below, inner);
            }
        }
    }
}
