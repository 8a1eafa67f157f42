namespace Gossip.Core.Templates;

/// <summary>What a taint does to pods that do not tolerate it.</summary>
public enum TaintEffect : byte
{
    /// <summary>They are not placed there.</summary>
    NoSchedule,

    /// <summary>Other nodes are better.</summary>
    PreferNoSchedule,

    /// <summary>They are not placed there, and those that run there are evicted.</summary>
    NoExecute,
}

/// <summary>A mark on a node that keeps pods away.</summary>
public readonly record struct Taint(string Key, string Value, TaintEffect Effect)
{
    /// <summary>What Kubernetes knows a cordoned node by.</summary>
    public static readonly Taint Cordon = new("node.kubernetes.io/unschedulable", "", TaintEffect.NoSchedule);

    /// <inheritdoc/>
    public override string ToString() => Value.Length == 0 ? $"{Key}:{Effect}" : $"{Key}={Value}:{Effect}";
}

/// <summary>
/// A pod's consent to a taint. An empty key with <see cref="Exists"/> tolerates every taint; no effect, every effect.
/// </summary>
/// <param name="Exists">True for operator Exists, false for Equal.</param>
public readonly record struct Toleration(string Key, bool Exists, string Value, TaintEffect? Effect)
{
    /// <summary>For how long a taint of NoExecute is tolerated; null for ever. Zero or less is not at all.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Whether this tolerates the taint.</summary>
    public bool Tolerates(in Taint taint) =>
        (Effect is null || Effect == taint.Effect)
        && (Key.Length == 0 ? Exists : string.Equals(Key, taint.Key, StringComparison.Ordinal))
        && (Exists || string.Equals(Value, taint.Value, StringComparison.Ordinal));
}
