using System.Text.RegularExpressions;

namespace Gossip.Runtimes.Docker;

/// <summary>The name of an image, in its parts, as Docker and Kubernetes read it.</summary>
/// <param name="Registry">Host, with its port where it has one; <c>docker.io</c> when the name has none.</param>
/// <param name="Repository">As it was written, registry and all.</param>
/// <param name="Version">Tag or digest; <c>latest</c> when the name has neither.</param>
sealed partial record ImageReference(string Registry, string Repository, string Version)
{
    const int Longest = 512;

    /// <summary>Null for what is no name.</summary>
    public static ImageReference? TryParse(string text)
    {
        if (text.Length > Longest || Grammar().Match(text) is not { Success: true } match) return null;
        var repository = match.Groups["repository"].Value;
        var slash = repository.IndexOf('/');
        // The first part is a host when it could not be a folder: `team/app` is on Docker Hub, `host.io/app` and `host:5000/app` are not.
        var first = slash < 0 ? "" : repository[..slash];
        var isHost = first.AsSpan().ContainsAny('.', ':') || first == "localhost";
        var path = isHost ? repository[(slash + 1)..] : repository;
        if (!Path().IsMatch(path)) return null;
        var version = match.Groups["digest"] is { Success: true } digest ? digest.Value : match.Groups["tag"] is { Success: true } tag ? tag.Value : "latest";
        return new ImageReference(isHost ? first : "docker.io", repository, version);
    }

    /// <summary>Whether credentials for a host are meant for this image. Docker Hub goes by several names.</summary>
    public bool IsAt(string registry)
    {
        var host = registry;
        if (host.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme) host = host[(scheme + 3)..];
        if (host.IndexOf('/') is >= 0 and var slash) host = host[..slash];
        if (host is "index.docker.io" or "registry-1.docker.io") host = "docker.io";
        return string.Equals(host, Registry, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^(?<repository>[A-Za-z0-9][A-Za-z0-9._:/-]*?)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(@(?<digest>[a-z0-9]+:[0-9a-f]{32,}))?\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Path();
}
