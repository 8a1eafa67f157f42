using Gossip.Core.Wire;

namespace Gossip.Kubernetes.Manifests;

/// <summary>What Kubernetes allows names, labels and their values to be. Null when fine, else what is wrong and how to put it right.</summary>
public static class Names
{
    /// <summary>An object's name: a DNS subdomain.</summary>
    public static string? Subdomain(string name) =>
        name.Length <= Limits.Name && name.Split('.').All(IsLabel)
            ? null
            : $"'{Short(name)}' is not a DNS name: use at most {Limits.Name} of a-z, 0-9, '-' and '.', with a letter or digit at each end of each part";

    /// <summary>A namespace's or a container's name: a DNS label.</summary>
    public static string? Label(string name) =>
        name.Length <= Limits.Label && IsLabel(name)
            ? null
            : $"'{Short(name)}' is not a DNS label: use at most {Limits.Label} of a-z, 0-9 and '-', with a letter or digit at each end";

    /// <summary>A service's name: a DNS label that starts with a letter.</summary>
    public static string? ServiceName(string name) =>
        name is [>= 'a' and <= 'z', ..] ? Label(name) : $"'{Short(name)}' must start with a letter a-z: it becomes a DNS name";

    /// <summary>A port's name: at most 15 of a-z, 0-9 and '-', with a letter.</summary>
    public static string? PortName(string name) =>
        name.Length <= 15 && IsLabel(name) && name.Any(char.IsAsciiLetterLower) && !name.Contains("--", StringComparison.Ordinal)
            ? null
            : $"'{Short(name)}' is not a port name: use at most 15 of a-z, 0-9 and single '-', with a letter among them";

    /// <summary>A label's or annotation's key: a name, with an optional <c>domain/</c> before it.</summary>
    public static string? Key(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && Subdomain(key[..slash]) is { } problem) return problem;
        var name = key[(slash + 1)..];
        return name.Length > 0 && IsValue(name)
            ? null
            : $"'{Short(key)}' is not a key: use at most {Limits.Label} of letters, digits, '-', '_' and '.', after an optional domain and '/'";
    }

    public static string? Value(string value) =>
        IsValue(value) ? null : $"'{Short(value)}' is not a label value: use at most {Limits.Label} of letters, digits, '-', '_' and '.', with a letter or digit at each end";

    static bool IsLabel(string label) =>
        label.Length is > 0 and <= Limits.Label && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    static bool IsValue(string value) =>
        value.Length == 0
        || (value.Length <= Limits.Label && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1])
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));

    static string Short(string text) => text.Length <= 80 ? text : $"{text[..80]}…";
}
