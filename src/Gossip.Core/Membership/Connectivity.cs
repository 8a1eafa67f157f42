using System.Globalization;

namespace Gossip.Core.Membership;

/// <summary>
/// Whom this node sees of those it knows: members of the last 24 hours that have not left. Both halves of an even split are
/// alone. A node that restarts while it is cut off has forgotten whom it knew, and does not feel alone.
/// </summary>
readonly record struct Connectivity(int Live, int Known)
{
    public bool IsAlone => 2 * Live <= Known;

    public static Connectivity Of(IMemberList members)
    {
        var known = 0;
        foreach (var member in members.All)
            if (member.State != MemberState.Left) known++;
        return new Connectivity(members.Live.Length, known);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"is alone: sees {Live} of {Known} nodes");
}
