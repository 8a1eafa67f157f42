using System.Globalization;

namespace Gossip.Simulation;

/// <summary>A promise of ALGORITHM.md was broken: which, by whom, when, and how to see it again.</summary>
/// <param name="Rule">Its name there, such as <c>A1</c> or <c>R10</c>.</param>
/// <param name="Node">The node it happened on, or empty when it is the whole cluster's.</param>
/// <param name="At">Virtual time since the start.</param>
/// <param name="Replay">The line that runs it again.</param>
public sealed record Violation(string Rule, string Node, TimeSpan At, string What, string Replay)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Rule} at {At.TotalSeconds:0.000} s{(Node.Length == 0 ? "" : " on " + Node)}: {What}\n  replay: {Replay}");
}
