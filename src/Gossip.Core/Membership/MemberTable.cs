using Gossip.Core.Model;

namespace Gossip.Core.Membership;

/// <summary>Members by id, and those of them that are live: two sorted arrays, so that every node walks them alike.</summary>
sealed class MemberTable
{
    Member[] all = new Member[16];
    Member[] live = new Member[16];
    int allCount, liveCount;

    public ReadOnlySpan<Member> All => all.AsSpan(0, allCount);
    public ReadOnlySpan<Member> Live => live.AsSpan(0, liveCount);

    /// <summary>
    /// A hash of who is live at which incarnation. Of the dead nothing: nodes forget them at times of their own.
    /// </summary>
    public ulong Digest { get; private set; }

    public Member? Find(NodeId node)
    {
        var index = Search(All, node);
        return index >= 0 ? all[index] : null;
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
        var index = Search(All, member.Id);
        var before = index < 0 ? null : all[index];
        if (before is null) Insert(ref all, ref allCount, ~index, member);
        else all[index] = member;
        SetLive(before, member);
    }

    public void Remove(NodeId node)
    {
        var index = Search(All, node);
        Check.That(index >= 0);
        SetLive(all[index], null);
        RemoveAt(all, ref allCount, index);
    }

    void SetLive(Member? before, Member? after)
    {
        var wasLive = before is { IsLive: true };
        var isLive = after is { IsLive: true };
        if (!wasLive && !isLive) return;
        var index = Search(Live, (after ?? before!).Id);
        if (wasLive) Digest ^= MarkOf(before!);
        if (isLive) Digest ^= MarkOf(after!);
        if (wasLive && isLive) live[index] = after!;
        else if (isLive) Insert(ref live, ref liveCount, ~index, after!);
        else RemoveAt(live, ref liveCount, index);
    }

    static ulong MarkOf(Member member) =>
        StableHash.Mix(member.Id.Value, StableHash.Mix(member.Incarnation.Boot, member.Incarnation.Refutation));

    static int Search(ReadOnlySpan<Member> members, NodeId node)
    {
        int low = 0, high = members.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = members[middle].Id.CompareTo(node);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    static void Insert(ref Member[] members, ref int count, int index, Member member)
    {
        if (count == members.Length) Array.Resize(ref members, count * 2);
        Array.Copy(members, index, members, index + 1, count - index);
        members[index] = member;
        count++;
    }

    static void RemoveAt(Member[] members, ref int count, int index)
    {
        count--;
        Array.Copy(members, index + 1, members, index, count - index);
        members[count] = null!;
    }
}
