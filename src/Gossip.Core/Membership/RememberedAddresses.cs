using Gossip.Core.Primitives;

namespace Gossip.Core.Membership;

/// <summary>Where a node was when it was last believed alive.</summary>
readonly record struct RememberedAddress(NodeId Node, NodeAddress Address);

/// <summary>
/// The addresses of the dead, kept without limit of time: two sides of a partition that buried each other find
/// together again because each goes on knocking at the other's graves. Newest last; one for each node.
/// </summary>
sealed class RememberedAddresses
{
    public const int Most = 4096;

    readonly List<RememberedAddress> graves = [];

    public int Count => graves.Count;
    public RememberedAddress this[int index] => graves[index];

    public void Add(RememberedAddress grave)
    {
        Remove(grave.Node);
        if (graves.Count == Most) graves.RemoveAt(0);
        graves.Add(grave);
    }

    public bool Has(NodeId node) => IndexOf(node) >= 0;

    public void Remove(NodeId node)
    {
        var index = IndexOf(node);
        if (index >= 0) graves.RemoveAt(index);
    }

    public RememberedAddress[] ToArray() => [.. graves];

    int IndexOf(NodeId node)
    {
        for (var i = graves.Count - 1; i >= 0; i--)
            if (graves[i].Node == node) return i;
        return -1;
    }
}
