using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;

namespace Gossip.Kubernetes.Manifests.Rules;

/// <summary>
/// What the core's own reader would refuse of a pod, said at its place in the input: mounts of volumes that are not declared,
/// probes on ports that are not there, images that are none … The rules are the core's, so that nothing slips in between.
/// </summary>
sealed class PodTemplateRule : ManifestRule
{
    public override void Check(Manifest manifest, ServedKind kind, Findings findings)
    {
        if (kind.PodOf(manifest.Root) is not { } pod || manifest.Template is not { } parsed) return;
        var said = findings.Faults.Select(fault => Plain(fault.Field)).ToHashSet(StringComparer.Ordinal);
        foreach (var problem in parsed.Problems)
            if (said.Add(Plain(pod.Prefix + problem.Field)))
                findings.Fault(pod.Prefix + problem.Field, Find(pod.Template, problem.Field), FaultReason.Invalid, problem.Message);
    }

    /// <summary>One spelling of a path, whether a key was put into brackets or not.</summary>
    static string Plain(string field) => field.Replace('[', '.').Replace("]", "", StringComparison.Ordinal);

    /// <summary>The node of a path, or the nearest above it that is there.</summary>
    static JsonNode Find(JsonNode from, string field)
    {
        var rest = field;
        while (rest.Length > 0)
        {
            var step = NextStep(ref rest);
            var next = from switch
            {
                JsonArray items when int.TryParse(step, out var at) && at < items.Count => items[at],
                // Keys may have dots of their own: the longest that is there is meant.
                JsonObject fields when fields[step] is { } found => found,
                JsonObject fields => fields[rest.Length > 0 ? $"{step}.{rest}" : step],
                _ => null,
            };
            if (next is null) break;
            from = next;
        }
        return from;
    }

    static string NextStep(ref string rest)
    {
        var isIndex = rest[0] == '[';
        var end = isIndex ? rest.IndexOf(']', StringComparison.Ordinal) : rest.AsSpan().IndexOfAny('.', '[');
        if (end < 0) end = rest.Length;
        var step = rest[(isIndex ? 1 : 0)..end];
        rest = rest[Math.Min(end + (isIndex ? 1 : 0), rest.Length)..].TrimStart('.');
        return step;
    }
}
