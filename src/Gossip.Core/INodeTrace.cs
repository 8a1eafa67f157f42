using Gossip.Core.Membership;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Turns;

namespace Gossip.Core;

/// <summary>Sees what a node does: the simulator's checkers. It may change nothing.</summary>
interface INodeTrace
{
    /// <summary>A change of a member, before any part hears of it.</summary>
    void OnMember(in MemberChange change);

    /// <summary>A change of a row, before any part hears of it.</summary>
    void OnRow(in RowChange change);

    /// <summary>A message before it is handled, those that a node sends itself among them.</summary>
    void OnMessage(in Message message);

    /// <summary>A pod of this node was ended, to make room for <paramref name="by"/>.</summary>
    void OnPreempted(PodRun by, PodRun victim);
}
