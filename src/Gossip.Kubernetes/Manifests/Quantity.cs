using System.Globalization;

namespace Gossip.Kubernetes.Manifests;

/// <summary>
/// Kubernetes' amounts (<c>100m</c>, <c>1.5</c>, <c>64Mi</c>, <c>2e3</c>), exactly, in thousandths of the unit; finer
/// ones are rounded up, as Kubernetes does.
/// </summary>
public readonly record struct Quantity(Int128 Milli)
{
    /// <summary>The longest text read: no honest amount needs more.</summary>
    const int LengthMax = 40;

    /// <summary>Rounded up to whole units.</summary>
    public Int128 Whole => Milli >= 0 ? (Milli + 999) / 1000 : Milli / 1000;

    public bool IsWhole => Milli % 1000 == 0;

    public static bool TryParse(string text, out Quantity quantity)
    {
        quantity = default;
        if (text.Length is 0 or > LengthMax) return false;
        var rest = text.AsSpan();
        var negative = rest[0] == '-';
        if (rest[0] is '-' or '+') rest = rest[1..];
        var number = rest[..^rest.TrimStart("0123456789.").Length];
        if (!TryDigits(number, out var digits, out var decimals)) return false;
        if (!TryScale(rest[number.Length..], out var tens, out var binary)) return false;

        // digits * 10^(tens - decimals) * 2^binary, in thousandths.
        var power = tens - decimals + 3;
        var value = digits;
        if (value == 0) power = 0;
        for (; power > 0; power--)
            if (!TryTimes(ref value, 10)) return false;
        if (!TryTimes(ref value, (Int128)1 << binary)) return false;
        for (; power < 0; power++) value = (value + 9) / 10;
        quantity = new Quantity(negative ? -value : value);
        return true;
    }

    static bool TryDigits(ReadOnlySpan<char> number, out Int128 digits, out int decimals)
    {
        digits = 0;
        decimals = -1;
        var any = false;
        foreach (var c in number)
        {
            if (c == '.')
            {
                if (decimals >= 0) return false;
                decimals = 0;
                continue;
            }
            any = true;
            if (decimals >= 0) decimals++;
            if (!TryTimes(ref digits, 10)) return false;
            digits += c - '0';
        }
        decimals = Math.Max(0, decimals);
        return any;
    }

    static bool TryScale(ReadOnlySpan<char> suffix, out int tens, out int binary)
    {
        (tens, binary) = (0, 0);
        switch (suffix)
        {
            case "": return true;
            case "n": tens = -9; return true;
            case "u": tens = -6; return true;
            case "m": tens = -3; return true;
            case "k": tens = 3; return true;
            case "M": tens = 6; return true;
            case "G": tens = 9; return true;
            case "T": tens = 12; return true;
            case "P": tens = 15; return true;
            case "E": tens = 18; return true;
            case "Ki": binary = 10; return true;
            case "Mi": binary = 20; return true;
            case "Gi": binary = 30; return true;
            case "Ti": binary = 40; return true;
            case "Pi": binary = 50; return true;
            case "Ei": binary = 60; return true;
        }
        return suffix is ['e' or 'E', ..]
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out tens)
            && tens is >= -30 and <= 30;
    }

    static bool TryTimes(ref Int128 value, Int128 factor)
    {
        if (value > Int128.MaxValue / factor / 1024) return false;
        value *= factor;
        return true;
    }
}
