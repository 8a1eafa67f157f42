using Gossip.Core.Membership;
using Gossip.Core.Primitives;

namespace Gossip.Bench.Placement;

/// <summary>The members as all nodes see them, and each as itself: one list for all.</summary>
sealed class Ring(Member[] members, NodeId self) : IMemberList
{
    readonly Dictionary<NodeId, int> index = members.Select((member, at) => (member.Id, at)).ToDictionary(pair => pair.Id, pair => pair.at);

    Ring(Ring others, NodeId self) : this([], self) => (index, Members) = (others.index, others.Members);

    Member[] Members { get; } = members;
    public NodeId Self => self;
    public ReadOnlySpan<Member> All => Members;
    public ReadOnlySpan<Member> Live => Members;
    public Member? Find(NodeId node) => index.TryGetValue(node, out var at) ? Members[at] : null;
    public int IndexOf(NodeId node) => index[node];

    /// <summary>The same list as another node reads it.</summary>
    public Ring As(NodeId other) => new(this, other);
}
