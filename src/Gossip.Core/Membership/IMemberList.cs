using Gossip.Core.Primitives;

namespace Gossip.Core.Membership;

/// <summary>The member list as the other parts of a node read it; tests give them one of their own making.</summary>
interface IMemberList
{
    NodeId Self { get; }
    Member? Find(NodeId node);

    /// <summary>Everybody known, this node included, dead ones too, in order of id.</summary>
    ReadOnlySpan<Member> All { get; }

    /// <summary>The ring: live members (this node included) in order of id, which is a hash of the name.</summary>
    ReadOnlySpan<Member> Live { get; }
}

static class MemberListExtensions
{
    /// <summary>Index in <see cref="IMemberList.Live"/> of the first member at or after a point of the ring; wraps. O(log n).</summary>
    public static int Successor(this IMemberList members, ulong point)
    {
        var live = members.Live;
        int low = 0, high = live.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (live[middle].Id.Value < point) low = middle + 1;
            else high = middle;
        }
        return low == live.Length ? 0 : low;
    }
}
