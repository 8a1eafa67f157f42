using FsCheck.Xunit;
using Gossip.Core.Membership;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Membership;

public sealed class MemberTableTests
{
    /// <summary>Against the plainest table there is: a dictionary, sorted when it is read.</summary>
    [Property]
    public void It_holds_what_a_dictionary_holds_in_order_of_id((byte Node, byte Incarnation, byte State, bool IsRemoved)[] steps)
    {
        var table = new MemberTable();
        var plain = new Dictionary<NodeId, Member>();
        foreach (var (node, incarnation, state, isRemoved) in steps)
        {
            var card = SwimNet.Card($"node-{node % 8}", SwimNet.AddressOf(node % 8));
            if (isRemoved && plain.Remove(card.Id)) table.Remove(card.Id);
            else if (!isRemoved)
                table.Set(plain[card.Id] = new Member(card, new Incarnation(incarnation, 0), (MemberState)(state % 4), default, Capacity.Unknown));
            var expected = plain.Values.OrderBy(member => member.Id.Value).ToArray();
            Assert.Equal(expected, table.All.ToArray());
            Assert.Equal(expected.Where(member => member.IsLive), table.Live.ToArray());
            Assert.All(plain, pair => Assert.Same(pair.Value, table.Find(pair.Key)));
        }
        // The digest says who is live at which incarnation, whatever way led there.
        var afresh = new MemberTable();
        foreach (var member in plain.Values.Where(member => member.IsLive).Reverse()) afresh.Set(member);
        Assert.Equal(afresh.Digest, table.Digest);
    }
}
