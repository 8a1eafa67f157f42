using System.Globalization;
using System.Security.Cryptography;

namespace Gossip.Kubernetes.Watching;

/// <summary>
/// The form of a resourceVersion: which history it is of (one kind at one node, since that node's start), and a number in it. A
/// version of another node, of an earlier start or of another kind is known as such, and answered with 410.
/// </summary>
/// <remarks>
/// Positive in 64 bits, for clients that parse it: 24 bits drawn at random, and 39 bits of number, 5.5e11 changes. A foreign version is
/// taken for an own one by one chance in 16 million.
/// </remarks>
sealed class KindLife
{
    const int NumberBits = 39, LifeBits = 24;
    const ulong NumberMask = (1UL << NumberBits) - 1;

    readonly ulong life = (ulong)RandomNumberGenerator.GetInt32(1, 1 << LifeBits) << NumberBits;

    public string Text(ulong number) => (life | number).ToString(CultureInfo.InvariantCulture);

    /// <summary>False when it is no version at all.</summary>
    /// <param name="number">0 for "", "0", which ask for anything; null for another life's.</param>
    public bool TryRead(string text, out ulong? number)
    {
        number = 0;
        if (text.Length == 0) return true;
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read)) return false;
        if (read > 0) number = (read & ~NumberMask) == life ? read & NumberMask : null;
        return true;
    }
}
