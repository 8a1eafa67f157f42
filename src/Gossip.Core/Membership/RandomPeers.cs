using Gossip.Core.Primitives;

namespace Gossip.Core.Membership;

/// <summary>Draws live members at random, for gossip and for relays.</summary>
sealed class RandomPeers(MemberTable table, NodeId self, RandomStream random)
{
    /// <summary>Draws for each peer wanted, so that a small cluster ends the search: at half the cluster wanted, a miss in 250.</summary>
    const int DrawsEach = 8;

    readonly List<Member> drawn = [];

    /// <summary>Up to <paramref name="wanted"/> different ones, neither this node nor the one excepted. Valid until the next draw.</summary>
    public List<Member> Draw(int wanted, NodeId except = default)
    {
        drawn.Clear();
        var live = table.Live;
        for (var draw = 0; draw < wanted * DrawsEach && drawn.Count < wanted; draw++)
        {
            var member = live[random.Below(live.Length)];
            if (member.Id != self && member.Id != except && !drawn.Contains(member)) drawn.Add(member);
        }
        return drawn;
    }
}
