using Gossip.Core.Primitives;

namespace Gossip.Core.Membership;

/// <summary>Members by id, and those of them that are live: two sorted arrays, so that every node walks them alike.</summary>
sealed class MemberTable
{
    readonly Sorted all = new(), live = new();

    public ReadOnlySpan<Member> All => all.Members;
    public ReadOnlySpan<Member> Live => live.Members;

    /// <summary>
    /// A hash of who is live at which incarnation. Of the dead nothing: nodes forget them at times of their own.
    /// </summary>
    public ulong Digest { get; private set; }

    public Member? Find(NodeId node)
    {
        var index = all.Search(node);
        return index >= 0 ? All[index] : null;
    }

    /// <summary>The live member that should listen at an address.</summary>
    public Member? LiveAt(NodeAddress address)
    {
        foreach (var member in Live)
            if (member.Address == address) return member;
        return null;
    }

    /// <summary>Puts a member in, in the place of what was held of it.</summary>
    public void Set(Member member)
    {
        var index = all.Search(member.Id);
        var before = index < 0 ? null : All[index];
        all.Put(index, member);
        SetLive(before, member);
    }

    public void Remove(NodeId node)
    {
        var index = all.Search(node);
        Check.That(index >= 0);
        SetLive(All[index], null);
        all.RemoveAt(index);
    }

    void SetLive(Member? before, Member? after)
    {
        var wasLive = before is { IsLive: true };
        var isLive = after is { IsLive: true };
        if (!wasLive && !isLive) return;
        var index = live.Search((after ?? before!).Id);
        if (wasLive) Digest ^= MarkOf(before!);
        if (isLive) Digest ^= MarkOf(after!);
        if (isLive) live.Put(index, after!);
        else live.RemoveAt(index);
    }

    static ulong MarkOf(Member member) =>
        StableHash.Mix(member.Id.Value, StableHash.Mix(member.Incarnation.Boot, member.Incarnation.Refutation));

    /// <summary>Ids lie beside the members, so that a search touches no member but the one it finds.</summary>
    sealed class Sorted
    {
        Member[] members = new Member[16];
        NodeId[] ids = new NodeId[16];
        int count;

        public ReadOnlySpan<Member> Members => members.AsSpan(0, count);

        public int Search(NodeId node) => ids.AsSpan(0, count).BinarySearch(node);

        /// <param name="index">As found: where it is, or the complement of where it belongs.</param>
        public void Put(int index, Member member)
        {
            if (index >= 0)
            {
                members[index] = member;
                return;
            }
            index = ~index;
            if (count == members.Length)
            {
                Array.Resize(ref members, count * 2);
                Array.Resize(ref ids, count * 2);
            }
            Array.Copy(members, index, members, index + 1, count - index);
            Array.Copy(ids, index, ids, index + 1, count - index);
            members[index] = member;
            ids[index] = member.Id;
            count++;
        }

        public void RemoveAt(int index)
        {
            count--;
            Array.Copy(members, index + 1, members, index, count - index);
            Array.Copy(ids, index + 1, ids, index, count - index);
            members[count] = null!;
        }
    }
}
