using System.Globalization;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Watching;

/// <summary>What a client wants of a watch.</summary>
/// <param name="Version">After which change it begins; 0 for now; null for one of another life.</param>
/// <param name="TellsState">Begins with what is there, as ADDED.</param>
/// <param name="MarksState">A bookmark says where that ends.</param>
sealed record WatchOptions(ulong? Version, string Text, bool TellsState, bool MarksState, bool Bookmarks, TimeSpan Span)
{
    /// <summary>Of clients that name none, each its own: those of one moment shall not come back at one moment.</summary>
    static TimeSpan UsualSpan => TimeSpan.FromSeconds(Random.Shared.Next(30 * 60, 60 * 60));

    static readonly TimeSpan SpanMax = TimeSpan.FromHours(24);

    /// <summary>The options, or the answer that refuses them.</summary>
    public static (WatchOptions? Options, ApiAnswer? Refused) Read(IQueryCollection query, KindLife life)
    {
        var (text, match) = (query["resourceVersion"].ToString(), query["resourceVersionMatch"].ToString());
        var (sends, marks) = (QueryValues.Bool(query["sendInitialEvents"]), QueryValues.IsTrue(query["allowWatchBookmarks"]));
        if (sends is null && match.Length > 0)
            return (null, Refuse("resourceVersionMatch", "is forbidden for watch unless sendInitialEvents is provided"));
        if (sends is not null && match != "NotOlderThan")
            return (null, Refuse("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        if (!life.TryRead(text, out var version)) return (null, ReadOptions.NoVersion(text));
        var span = UsualSpan;
        if (query["timeoutSeconds"].ToString() is { Length: > 0 } seconds)
        {
            if (!uint.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var asked))
                return (null, Statuses.BadRequest($"timeoutSeconds is '{seconds}': must be a whole number"));
            if (asked > 0) span = TimeSpan.FromSeconds(Math.Min(asked, SpanMax.TotalSeconds));
        }
        return (new WatchOptions(version, text, sends ?? version == 0, sends == true && marks, marks, span), null);
    }

    static ApiAnswer Refuse(string field, string message) => Statuses.InvalidOptions("ListOptions", field, message);
}
