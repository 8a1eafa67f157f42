using Gossip.Core.Templates;
using Gossip.Core.Wire;

namespace Gossip.Kubernetes.Manifests;

/// <summary><see cref="NameGrammar"/> in words: null when a name is fine, else what is wrong and how to put it right.</summary>
static class Names
{
    static readonly string OfLabels = $"at most {Limits.Label} of letters, digits, '-', '_' and '.'";

    /// <summary>An object's name: a DNS subdomain.</summary>
    public static string? Subdomain(string name) => NameGrammar.IsDnsName(name)
        ? null
        : IsNot(name, "a DNS name", $"at most {Limits.Name} of a-z, 0-9, '-' and '.', with a letter or digit at each end of each part");

    /// <summary>A namespace's or a container's name: a DNS label.</summary>
    public static string? Label(string name) => NameGrammar.IsDnsLabel(name)
        ? null
        : IsNot(name, "a DNS label", $"at most {Limits.Label} of a-z, 0-9 and '-', with a letter or digit at each end");

    /// <summary>A service's name: a DNS label that starts with a letter.</summary>
    public static string? ServiceName(string name) =>
        name is [>= 'a' and <= 'z', ..] ? Label(name) : $"'{Short(name)}' must start with a letter a-z: it becomes a DNS name";

    public static string? PortName(string name) => NameGrammar.IsPortName(name)
        ? null
        : IsNot(name, "a port name", $"at most {NameGrammar.PortNameMost} of a-z, 0-9 and single '-', with a letter among them");

    /// <summary>A label's or annotation's key: a name, with an optional <c>domain/</c> before it.</summary>
    public static string? Key(string key)
    {
        if (NameGrammar.IsLabelKey(key)) return null;
        return key.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash && Subdomain(key[..slash]) is { } problem
            ? problem
            : IsNot(key, "a key", $"{OfLabels}, after an optional domain and '/'");
    }

    /// <summary>A label's value, which may be empty.</summary>
    public static string? Value(string value) =>
        NameGrammar.IsLabelValue(value) ? null : IsNot(value, "a label value", $"{OfLabels}, with a letter or digit at each end");

    public static string? ConfigKey(string key) => NameGrammar.IsConfigKey(key)
        ? null
        : IsNot(key, "a key", $"at most {Limits.Name} of letters, digits, '-', '_' and '.', without '..' in front");

    static string IsNot(string text, string what, string use) => $"'{Short(text)}' is not {what}: use {use}";

    static string Short(string text) => text.Length <= 80 ? text : $"{text[..80]}…";
}
