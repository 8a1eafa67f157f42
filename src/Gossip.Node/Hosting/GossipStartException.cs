namespace Gossip.Node;

/// <summary>The node cannot start, for a reason outside of it: what is wrong, and which option mends it.</summary>
/// <param name="option">The name of the option in <see cref="GossipOptions"/>.</param>
public sealed class GossipStartException(string option, string problem, Exception? inner = null) : Exception($"{option}: {problem}", inner)
{
    /// <summary>The option that mends it, as <c>Port</c>.</summary>
    public string Option => option;
}
