using System.Globalization;
using System.Numerics;

namespace Gossip.Core.Primitives;

/// <summary>
/// Kubernetes' quantities: a decimal number with a suffix of powers of ten (n, u, m, k, M … E), of two (Ki … Ei), or
/// an exponent (1e3). Read exactly; what is finer than the unit asked for is rounded up, as Kubernetes does.
/// </summary>
static class Quantity
{
    /// <summary>No number that anybody means is longer; it bounds the arithmetic.</summary>
    const int TextMax = 64;
    const int ExponentMax = 30;

    /// <summary>Reads an amount in thousandths: <c>0.5</c> and <c>500m</c> of cpu are 500.</summary>
    public static bool TryReadMilli(string text, out long value, out string problem) => TryRead(text, 3, out value, out problem);

    /// <summary>Reads an amount in whole units: bytes, or a count.</summary>
    public static bool TryReadWhole(string text, out long value, out string problem) => TryRead(text, 0, out value, out problem);

    static bool TryRead(string text, int shift, out long value, out string problem)
    {
        value = 0;
        if (!TryParse(text, shift, out var scaled))
        {
            problem = $"\"{(text.Length > TextMax ? text[..TextMax] + "…" : text)}\" is not a quantity such as 500m, 2 or 128Mi";
            return false;
        }
        if (scaled.Sign < 0)
        {
            problem = $"\"{text}\" is negative";
            return false;
        }
        if (scaled > Resources.Greatest)
        {
            problem = $"\"{text}\" is absurdly large";
            return false;
        }
        value = (long)scaled;
        problem = "";
        return true;
    }

    /// <summary>The number times ten to the <paramref name="shift"/>, rounded up.</summary>
    static bool TryParse(string text, int shift, out BigInteger scaled)
    {
        scaled = default;
        if (text.Length is 0 or > TextMax) return false;
        var at = text[0] is '+' or '-' ? 1 : 0;
        var start = at;
        var digits = BigInteger.Zero;
        int count = 0, fraction = 0;
        for (var afterPoint = false; at < text.Length; at++)
        {
            if (text[at] == '.' && !afterPoint) afterPoint = true;
            else if (char.IsAsciiDigit(text[at]))
            {
                digits = digits * 10 + (text[at] - '0');
                count++;
                if (afterPoint) fraction++;
            }
            else break;
        }
        if (count == 0 || at == start || !TryReadSuffix(text.AsSpan(at), out var ten, out var two)) return false;
        if (text[0] == '-') digits = -digits;

        var exponent = ten + shift - fraction;
        digits <<= two;
        if (exponent >= 0)
        {
            scaled = digits * BigInteger.Pow(10, exponent);
            return true;
        }
        scaled = BigInteger.DivRem(digits, BigInteger.Pow(10, -exponent), out var rest);
        if (!rest.IsZero) scaled += digits.Sign;
        return true;
    }

    static bool TryReadSuffix(ReadOnlySpan<char> suffix, out int ten, out int two)
    {
        (ten, two) = (0, 0);
        if (suffix.Length >= 2 && suffix[0] is 'e' or 'E' && suffix[1] != 'i')
            return suffix.Length <= 4
                && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ten)
                && Math.Abs(ten) <= ExponentMax;
        int? power = suffix switch { "" => 0, "n" => -9, "u" => -6, "m" => -3, "k" => 3, "M" => 6, "G" => 9, "T" => 12, "P" => 15, "E" => 18, _ => null };
        ten = power ?? 0;
        if (power is not null) return true;
        int? binary = suffix switch { "Ki" => 10, "Mi" => 20, "Gi" => 30, "Ti" => 40, "Pi" => 50, "Ei" => 60, _ => null };
        two = binary ?? 0;
        return binary is not null;
    }
}
