using Gossip.Core.Ports;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

// A host app's rules are code of strangers: they may throw, or never return. So they run at the edge, and the core
// asks: question out, answer in. The core never waits; a bid is made when the answer comes.

/// <summary>May the pod, which every built-in filter lets pass, go to this node, and how good is it?</summary>
/// <param name="Number">Comes back with the answer.</param>
/// <param name="Node">A copy: it may be read on any thread. What it says of other pods is left out.</param>
sealed record HostQuestion(ulong Number, PodTemplate Pod, NodeFacts Node) : HostCall(Number);

/// <summary>What the host app's rules said.</summary>
/// <param name="Refusal">Why not, for people, with the name of the filter; null: it may.</param>
/// <param name="Score">Each score times its weight, together.</param>
/// <param name="Why">The scores by name, for people; empty without any.</param>
/// <param name="Fault">Which rule did not do its duty, and how; empty when all did.</param>
sealed record HostAnswer(ulong Number, string? Refusal, int Score, string Why, string Fault)
{
    /// <summary>Too many questions wait: this one is not asked.</summary>
    internal static readonly HostAnswer Behind = new(0, "its host app's rules are behind", 0, "", "");
}
