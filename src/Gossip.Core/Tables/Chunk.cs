using Gossip.Core.Membership;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>
/// Which node calls whose auction. At most 64 alike slots (workload, template, ordinals) make a chunk, and a chunk's
/// point on the ring of node ids belongs to its live successor, as in consistent hashing (Karger et al., 1997): any node
/// may be an auctioneer, every chunk has another, and when one dies its neighbours share what it had.
/// </summary>
static class Chunk
{
    const int OrdinalBits = 6; // 64: a burst of one workload is called by one node, which then sees its own awards

    /// <summary>Pods of one at most.</summary>
    internal const int Size = 1 << OrdinalBits;

    public static ulong PointOf(PodId pod) => StableHash.Mix(
        StableHash.Mix(pod.Workload.Birth.Writer.Value, pod.Workload.Birth.Seq),
        StableHash.Mix(pod.Template, (ulong)pod.Ordinal >> OrdinalBits));

    /// <summary>The others of its chunk, if there are any, beginning with those that come after it.</summary>
    internal static PodId Neighbour(PodId pod, int nth) => pod with { Ordinal = pod.Ordinal & -Size | pod.Ordinal + nth & Size - 1 };

    /// <summary>Of a gang, whose pods are all called by one node, whatever their workloads.</summary>
    public static ulong PointOf(string @namespace, string gang) => StableHash.Mix(StableHash.Of(@namespace), StableHash.Of(gang));

    /// <summary>How far behind a point a node comes on the ring: the nearest live one is the auctioneer.</summary>
    public static ulong Distance(ulong point, NodeId node) => unchecked(node.Value - point);

    /// <summary>0 when this node is the auctioneer of a point, k when k live nodes come before it, -1 when it is not on the ring: it leaves.</summary>
    public static int RankOfSelf(this IMemberList members, ulong point)
    {
        var live = members.Live;
        var own = members.Successor(members.Self.Value);
        return own < live.Length && live[own].Id == members.Self ? (own - members.Successor(point) + live.Length) % live.Length : -1;
    }
}
