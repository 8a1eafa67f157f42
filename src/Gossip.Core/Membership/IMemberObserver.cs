using Gossip.Core.Turns;

namespace Gossip.Core.Membership;

/// <summary>Hears of every change of a member, in order, in the turn in which it happened.</summary>
interface IMemberObserver
{
    void OnMember(in MemberChange change, Turn turn);
}
