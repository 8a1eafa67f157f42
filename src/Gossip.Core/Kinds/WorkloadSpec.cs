using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Kinds;

/// <summary>What a workload object derives: which pods, by ordinal, from which template; or why none.</summary>
/// <param name="Ordinals">Rising. Empty when the template is null.</param>
/// <param name="Field">The object's field that is to blame, when there is a problem.</param>
sealed record WorkloadSpec(PodTemplate? Template, List<int> Ordinals, string Field, string Problem)
{
    /// <summary>Beyond it a replica count is a typing error: no cluster this design speaks of has as many pods.</summary>
    public const int ReplicasMax = 100_000;

    /// <summary>Reads the template of an object that is submitted; null when its kind has none, or it says none.</summary>
    public static ParsedTemplate? ReadTemplate(string kind, IReadOnlyCollection<ObjectField> fields) =>
        ObjectKinds.WorkloadOf(new ObjectName(kind, "", ""))?.ReadTemplate(
            path => fields.FirstOrDefault(field => string.Equals(field.Path, path, StringComparison.Ordinal)).Json,
            fields.Select(field => field.Path));

    /// <summary>A missing count is 1, as in Kubernetes; -1 is none at all.</summary>
    public static int ReadReplicas(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty || json.Span.SequenceEqual("null"u8)) return 1;
        return System.Buffers.Text.Utf8Parser.TryParse(json.Span, out int replicas, out var read) && read == json.Length ? replicas : -1;
    }
}
