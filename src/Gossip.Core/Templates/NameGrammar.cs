using System.Buffers;
using Gossip.Core.Wire;

namespace Gossip.Core.Templates;

/// <summary>What Kubernetes allows names, and the keys and values of labels, to be. Bounded; allocates nothing.</summary>
static class NameGrammar
{
    /// <summary>What a port's name has at most (RFC 6335, section 5.1).</summary>
    public const int PortNameMost = 15;

    const string LowerLetters = "abcdefghijklmnopqrstuvwxyz", Digits = "0123456789";

    static readonly SearchValues<char> Letters = SearchValues.Create(LowerLetters);
    static readonly SearchValues<char> OfDnsLabels = SearchValues.Create($"{LowerLetters}{Digits}-");
    static readonly SearchValues<char> OfValues = SearchValues.Create($"{LowerLetters}ABCDEFGHIJKLMNOPQRSTUVWXYZ{Digits}-_.");

    /// <summary>From 1 to 63 of a-z, 0-9 and '-', with none of these '-' at an end (RFC 1123).</summary>
    public static bool IsDnsLabel(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= Limits.Label && text[0] != '-' && text[^1] != '-' && !text.ContainsAnyExcept(OfDnsLabels);

    /// <summary>A DNS label that begins with a letter, as Services are called (RFC 1035).</summary>
    public static bool IsServiceName(ReadOnlySpan<char> text) => IsDnsLabel(text) && char.IsAsciiLetterLower(text[0]);

    /// <summary>DNS labels with dots between, at most 253 together: what objects are called.</summary>
    public static bool IsDnsName(ReadOnlySpan<char> text)
    {
        if (text.Length > Limits.Name) return false;
        for (var dot = text.IndexOf('.'); dot >= 0; dot = text.IndexOf('.'))
        {
            if (!IsDnsLabel(text[..dot])) return false;
            text = text[(dot + 1)..];
        }
        return IsDnsLabel(text);
    }

    /// <summary>At most 15 of a-z, 0-9 and single '-', with a letter, and no '-' at an end.</summary>
    public static bool IsPortName(ReadOnlySpan<char> text) =>
        text.Length <= PortNameMost && IsDnsLabel(text) && text.ContainsAny(Letters) && !text.Contains("--", StringComparison.Ordinal);

    /// <summary>
    /// A key of labels, annotations, taints and resources: a name as of <see cref="IsLabelName"/>, with an optional <c>domain/</c> before it.
    /// </summary>
    public static bool IsLabelKey(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        return (slash < 0 || IsDnsName(text[..slash])) && IsLabelName(text[(slash + 1)..]);
    }

    /// <summary>From 1 to 63 letters, digits, '-', '_' and '.', with a letter or digit at each end.</summary>
    public static bool IsLabelName(ReadOnlySpan<char> text) => text.Length > 0 && IsLabelValue(text);

    /// <summary>A name as of <see cref="IsLabelName"/>, or nothing.</summary>
    public static bool IsLabelValue(ReadOnlySpan<char> text) =>
        text.Length == 0
        || (text.Length <= Limits.Label && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
            && !text.ContainsAnyExcept(OfValues));

    /// <summary>
    /// A key of a ConfigMap's or Secret's data: from 1 to 253 letters, digits, '-', '_' and '.', and no path that leads upwards.
    /// </summary>
    public static bool IsConfigKey(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= Limits.Name && text is not "." && !text.StartsWith("..", StringComparison.Ordinal)
        && !text.ContainsAnyExcept(OfValues);
}
