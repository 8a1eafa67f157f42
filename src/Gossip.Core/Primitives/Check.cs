using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gossip.Core.Primitives;

/// <summary>Our own bugs throw; the world's faults are answers (see <see cref="Wire.Reject"/>).</summary>
static class Check
{
    public static void That([DoesNotReturnIf(false)] bool holds, [CallerArgumentExpression(nameof(holds))] string claim = "")
    {
        if (!holds) throw new InvariantBroken(claim);
    }
}

/// <summary>An invariant of this program did not hold. It is a bug in Gossip: please report it with the claim.</summary>
sealed class InvariantBroken(string claim) : Exception($"broken invariant: {claim}");
