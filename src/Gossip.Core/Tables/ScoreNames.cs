namespace Gossip.Core.Tables;

/// <summary>What people call the parts of a score. A score's place is its number on the wire: new ones go to the end.</summary>
static class ScoreNames
{
    /// <summary>What the fragmentation of devices is told under, among the scores.</summary>
    public const int Fragmentation = ScoreParts.NumberMost;

    static readonly string[] BuiltIn =
    [
        "least-allocated", "most-allocated", "balanced", "spread", "node-affinity", "preferred-taints", "pod-affinity", "topology-spread", "image-locality",
    ];

    /// <summary>Null for a number that this build does not have.</summary>
    public static string? Of(int number) => number < BuiltIn.Length ? BuiltIn[number] : number == Fragmentation ? "fragmentation" : null;
}
