using System.Globalization;

namespace Gossip.Core.Templates;

/// <summary>The name of a container image, as registries and engines take it.</summary>
/// <remarks>Source: the grammar of OCI references, github.com/distribution/reference.</remarks>
/// <param name="Registry">Host and port as written; empty for the engine's default, Docker Hub.</param>
/// <param name="Tag">Empty when none is named.</param>
/// <param name="Digest">Such as <c>sha256:…</c>; empty when none is named.</param>
readonly record struct ImageName(string Registry, string Repository, string Tag, string Digest)
{
    const int NameMax = 255;
    const int TagMax = 128;
    const int DigestHexMin = 32, DigestMax = 255;

    /// <summary>What Kubernetes does without a policy: what may have moved is fetched anew.</summary>
    public PullPolicy DefaultPolicy => Digest.Length == 0 && Tag is "" or "latest" ? PullPolicy.Always : PullPolicy.IfNotPresent;

    public static bool TryRead(string text, out ImageName name)
    {
        name = default;
        var digest = "";
        if (text.IndexOf('@') is >= 0 and var at)
        {
            digest = text[(at + 1)..];
            if (!IsDigest(digest)) return false;
            text = text[..at];
        }
        var tag = "";
        if (text.LastIndexOf(':') is var colon && colon > text.LastIndexOf('/'))
        {
            tag = text[(colon + 1)..];
            if (!IsTag(tag)) return false;
            text = text[..colon];
        }
        if (text.Length is 0 or > NameMax) return false;
        var slash = text.IndexOf('/');
        var registry = slash > 0 && IsRegistry(text[..slash]) ? text[..slash] : "";
        var repository = registry.Length > 0 ? text[(slash + 1)..] : text;
        if ((registry.Length > 0 && !IsHost(registry)) || !repository.Split('/').All(IsComponent)) return false;
        name = new ImageName(registry, repository, tag, digest);
        return true;
    }

    /// <summary>What tells <c>host/name</c> from <c>owner/name</c>.</summary>
    static bool IsRegistry(string first) => first == "localhost" || first.AsSpan().ContainsAny('.', ':') || first.Any(char.IsAsciiLetterUpper);

    static bool IsHost(string registry)
    {
        var host = registry;
        if (registry.LastIndexOf(':') is >= 0 and var colon && !registry.EndsWith(']'))
        {
            host = registry[..colon];
            if (!ushort.TryParse(registry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
        }
        if (host is ['[', .. { Length: > 1 } six, ']']) return six.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.');
        return host.Split('.').All(part => part.Length > 0 && part[0] != '-' && part[^1] != '-' && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
    }

    /// <summary>Small letters and digits, parted by one dot, one or two underscores, or any dashes.</summary>
    static bool IsComponent(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var run = i;
            while (run < text.Length && IsAlphanumeric(text[run])) run++;
            if (run == i) return false;
            if (run == text.Length) return true;
            i = run;
            while (i < text.Length && text[i] == text[run]) i++;
            var length = i - run;
            if (text[run] is not '-' && !(text[run] == '.' && length == 1) && !(text[run] == '_' && length <= 2)) return false;
        }
        return false;
    }

    static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    static bool IsTag(string text) =>
        text.Length is > 0 and <= TagMax && text[0] is not ('.' or '-') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    static bool IsDigest(string text)
    {
        var colon = text.IndexOf(':');
        return text.Length <= DigestMax && colon > 0 && text.Length - colon > DigestHexMin
            && char.IsAsciiLetter(text[0]) && text[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '.' or '-' or '_')
            && text[(colon + 1)..].All(char.IsAsciiHexDigitLower);
    }
}
