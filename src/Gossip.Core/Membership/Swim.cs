using Gossip.Core.Model;
using Gossip.Core.Wire;

namespace Gossip.Core.Membership;

/// <summary>Who is in the cluster, and who still answers.</summary>
public sealed class Swim : IMemberList, IPiggyback
{
    public Swim(NodeConfig config, ulong boot, Luck luck, Outbox outbox) => throw new NotImplementedException();

    /// <summary>What changed since the machine last looked; it clears the list.</summary>
    public List<MemberChange> Changes { get; } = [];

    public NodeId Self => throw new NotImplementedException();
    public Member? Find(NodeId node) => throw new NotImplementedException();
    public ReadOnlySpan<Member> All => throw new NotImplementedException();
    public ReadOnlySpan<Member> Live => throw new NotImplementedException();

    /// <summary>Begins to probe, to gossip, and to join through the seeds.</summary>
    public void Start(Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>Takes a message of membership's kinds; false for any other kind. Throws as <see cref="IWireMessage{T}"/> says.</summary>
    public bool TryHandle(MessageKind kind, ReadOnlyMemory<byte> body, NodeId sender, NodeAddress from, Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>Whether an envelope of this boot may be read: not from an earlier life than the one known.</summary>
    public Reject Admit(NodeId sender, ulong boot) => throw new NotImplementedException();

    public bool TryHandle(NodeTimer timer, Now now, NodeEffects effects) => throw new NotImplementedException();
    public void OnStreamFailed(NodeAddress to, StreamFailure why, Now now, NodeEffects effects) => throw new NotImplementedException();

    /// <summary>Tells what this node has left; the version moves, and the news spreads.</summary>
    public void Announce(Resources free, string unready, Now now) => throw new NotImplementedException();

    /// <summary>The capacity this node last announced.</summary>
    public Capacity OwnCapacity => throw new NotImplementedException();

    /// <summary>Says goodbye: peers mark this node Left at once.</summary>
    public void Leave(Now now, NodeEffects effects) => throw new NotImplementedException();

    public int Fill(Span<byte> room) => throw new NotImplementedException();
}
