using System.Globalization;
using System.Text;

namespace Gossip.Core.Templates;

/// <summary>What a PriorityClass object says (scheduling.k8s.io/v1): how much its pods matter, and whether they may evict others.</summary>
/// <param name="Value">Greater matters more.</param>
/// <param name="IsDefault">Of pods that name no class.</param>
/// <param name="MayPreempt">Whether its pods, when they fit nowhere, may have pods of lower priority evicted. A pod's own <c>spec.preemptionPolicy</c> comes before it.</param>
sealed record PriorityClass(string Name, int Value, bool IsDefault, bool MayPreempt)
{
    /// <summary>Of a user's class, as in Kubernetes; what is above is for the system's own.</summary>
    public const int Greatest = 1_000_000_000;

    /// <summary>Of pods that name no class where none is the default.</summary>
    public static readonly PriorityClass None = new("", 0, true, true);

    /// <summary>There without an object, as in Kubernetes; their names cannot be given to others.</summary>
    public static readonly PriorityClass NodeCritical = new("system-node-critical", 2_000_001_000, false, true), ClusterCritical = new("system-cluster-critical", 2_000_000_000, false, true);

    const string ReservedPrefix = "system-";

    public static PriorityClass? BuiltIn(string name) => name == NodeCritical.Name ? NodeCritical : name == ClusterCritical.Name ? ClusterCritical : null;

    /// <summary>From an object's first-level fields; null, with the field and what is wrong with it.</summary>
    /// <param name="json">The value of a field; empty when the object does not have it.</param>
    public static PriorityClass? TryRead(string name, Func<string, ReadOnlyMemory<byte>> json, out TemplateProblem problem)
    {
        problem = default;
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal)) return Refuse(out problem, "metadata.name", $"\"{name}\" begins with {ReservedPrefix}, which is kept for the system's own classes");
        var value = Encoding.UTF8.GetString(json("value").Span);
        if (value.Length == 0) return Refuse(out problem, "value", "is missing");
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number > Greatest)
            return Refuse(out problem, "value", string.Create(CultureInfo.InvariantCulture, $"{Shown(value)} is not a whole number from {int.MinValue} to {Greatest}"));
        var isDefault = Encoding.UTF8.GetString(json("globalDefault").Span);
        if (isDefault is not ("" or "true" or "false")) return Refuse(out problem, "globalDefault", $"{Shown(isDefault)} is neither true nor false");
        var policy = Encoding.UTF8.GetString(json("preemptionPolicy").Span);
        if (policy is not ("" or "\"Never\"" or "\"PreemptLowerPriority\"")) return Refuse(out problem, "preemptionPolicy", $"{Shown(policy)} is neither PreemptLowerPriority nor Never");
        return new PriorityClass(name, number, isDefault == "true", policy != "\"Never\"");
    }

    static string Shown(string json) => json.Length <= 40 ? json : json[..40] + "…";

    static PriorityClass? Refuse(out TemplateProblem problem, string field, string message)
    {
        problem = new TemplateProblem(field, message);
        return null;
    }
}
