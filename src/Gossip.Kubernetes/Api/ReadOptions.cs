using System.Globalization;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Watching;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>From which version a client reads, and how much.</summary>
/// <param name="Version">0 for any.</param>
/// <param name="Exact">That version, and no later one.</param>
/// <param name="Limit">0 for all.</param>
/// <param name="From">The place in the list of <paramref name="Version"/> at which the part begins.</param>
sealed record ReadOptions(ulong Version, bool Exact, int Limit, int From)
{
    const string NotOlderThan = "NotOlderThan";

    /// <summary>The options, or the answer that refuses them.</summary>
    public static (ReadOptions? Options, ApiAnswer? Refused) Read(IQueryCollection query, KindLife life)
    {
        var (text, from) = (query["resourceVersion"].ToString(), query["continue"].ToString());
        var match = query["resourceVersionMatch"].ToString();
        if (match is not ("" or "Exact" or NotOlderThan))
            return Refuse($"'{match}': must be Exact or {NotOlderThan}");
        if (match.Length > 0 && text.Length == 0)
            return Refuse("is forbidden unless resourceVersion is provided");
        if (match == "Exact" && text == "0")
            return Refuse("Exact is forbidden for resourceVersion \"0\"");
        if (Count(query["limit"].ToString()) is not { } limit)
            return (null, Statuses.BadRequest($"limit is '{query["limit"]}': must be a whole number"));
        if (from.Length > 0) return Continue(from, text, limit, life);
        if (!life.TryRead(text, out var version)) return (null, NoVersion(text));
        return version is { } known ? (new ReadOptions(known, match == "Exact", limit, 0), null) : (null, Foreign(text));
    }

    static (ReadOptions? Options, ApiAnswer? Refused) Refuse(string why) =>
        (null, Statuses.InvalidOptions("ListOptions", "resourceVersionMatch", why));

    public static ApiAnswer NoVersion(string text) =>
        Statuses.BadRequest($"resourceVersion is '{text}': must be one that a list or an object had, or 0, or nothing");

    /// <summary>Versions are of one node and of its present start: see docs/api.md.</summary>
    public static ApiAnswer Foreign(string version) =>
        Statuses.Expired($"too old resource version: {version} is of another node, kind or start of this node: list again");

    public static ApiAnswer TooOld(string version) => Statuses.Expired($"too old resource version: {version}: list again");

    /// <summary>What <see cref="Continue"/> reads.</summary>
    public static string TokenOf(string version, int from) => string.Create(CultureInfo.InvariantCulture, $"{version}-{from}");

    static (ReadOptions? Options, ApiAnswer? Refused) Continue(string token, string text, int limit, KindLife life)
    {
        if (text is not ("" or "0"))
            return (null, Statuses.BadRequest("specifying resource version is not allowed when using continue"));
        var parts = token.Split('-');
        if (parts.Length != 2 || !life.TryRead(parts[0], out var version) || Count(parts[1]) is not { } from || from == 0)
            return (null, Statuses.BadRequest("continue key is not valid: send the one that the list before had"));
        return version is > 0
            ? (new ReadOptions(version.Value, true, limit, from), null)
            : (null, Statuses.Expired("the provided continue parameter is of another node, or of an earlier start of this node: "
                + "start a new list without the continue parameter"));
    }

    static int? Count(string text) =>
        text.Length == 0 ? 0
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= 0
            ? (int)Math.Min(count, int.MaxValue)
            : null;
}
