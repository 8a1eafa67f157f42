using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Manifests;

/// <summary>
/// What a plain scalar means: YAML 1.1 as go-yaml 2 reads it, for that is what Kubernetes' users write for
/// (<c>yes</c> is true, <c>0644</c> is octal). A number that JSON can write keeps its text.
/// </summary>
static class YamlScalar
{
    /// <param name="problem">Not null when the scalar means something that JSON cannot say.</param>
    public static JsonValue? Resolve(string text, out string? problem)
    {
        problem = null;
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "y" or "Y" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "n" or "N" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
            case ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF":
                problem = $"{text} is a number that JSON cannot write: quote it if text is meant";
                return null;
        }
        if (text[0] is not ((>= '0' and <= '9') or '-' or '+' or '.')) return JsonValue.Create(text);
        if (IsJsonNumber(text)) return (JsonValue)JsonNode.Parse(text)!;
        return TryOther(text, out var number) ? (JsonValue)JsonNode.Parse(number)! : JsonValue.Create(text);
    }

    /// <summary>The grammar of RFC 8259, so that the text itself is the value.</summary>
    static bool IsJsonNumber(ReadOnlySpan<char> text)
    {
        if (text is ['-', ..]) text = text[1..];
        if (text.IsEmpty || text is ['0', >= '0' and <= '9', ..] || !TakeDigits(ref text)) return false;
        if (text is ['.', ..])
        {
            text = text[1..];
            if (!TakeDigits(ref text)) return false;
        }
        if (text is ['e' or 'E', ..])
        {
            text = text[1..];
            if (text is ['+' or '-', ..]) text = text[1..];
            if (!TakeDigits(ref text)) return false;
        }
        return text.IsEmpty;
    }

    static bool TakeDigits(ref ReadOnlySpan<char> text)
    {
        var rest = text.TrimStart("0123456789");
        var any = rest.Length < text.Length;
        text = rest;
        return any;
    }

    /// <summary>Signs, underscores, other bases, and floats without a leading digit.</summary>
    static bool TryOther(string text, out string number)
    {
        number = "";
        if (text.Length > 64) return false;
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var negative = plain is ['-', ..];
        var digits = plain.AsSpan(plain is ['-' or '+', ..] ? 1 : 0);
        if (digits.IsEmpty || digits[0] is not ((>= '0' and <= '9') or '.')) return false;
        var radix = digits switch
        {
            ['0', 'x', ..] => 16,
            ['0', 'b', ..] => 2,
            ['0', 'o', ..] => 8,
            ['0', >= '0' and <= '9', ..] => 8,
            _ => 10,
        };
        if (radix != 10)
        {
            if (digits.Length == 2 && digits[1] is 'x' or 'b' or 'o') return false;
            var whole = BigInteger.Zero;
            foreach (var c in digits[(digits[1] is 'x' or 'b' or 'o' ? 2 : 1)..])
            {
                var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
                if (digit >= radix) return false;
                whole = whole * radix + digit;
            }
            number = (negative ? -whole : whole).ToString(CultureInfo.InvariantCulture);
            return true;
        }
        var candidate = digits is ['.', ..] ? $"0{digits}" : digits.ToString();
        if (candidate is [.., '.']) candidate += "0";
        candidate = negative ? $"-{candidate}" : candidate;
        if (!IsJsonNumber(candidate)) return false;
        number = candidate;
        return true;
    }
}
