using System.Globalization;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api.Http;
using Gossip.Kubernetes.Manifests;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>What a client may say about a deletion. Dependents always go: pods derive from their workload.</summary>
/// <param name="Grace">Null for the object's own.</param>
/// <param name="Uid">Which must be the object's; empty for any.</param>
/// <param name="Version">The same of the resource version.</param>
sealed record DeleteOptions(TimeSpan? Grace, string Uid, string Version, bool DryRun, IReadOnlyList<string> Warnings)
{
    /// <summary>The options, or the answer that refuses them.</summary>
    public static (DeleteOptions? Options, ApiAnswer? Refused) Read(ReadOnlySpan<byte> body, IQueryCollection query)
    {
        JsonObject root = [];
        if (!body.IsEmpty)
        {
            var set = ManifestReader.Read("request body", body);
            if (!set.Faults.IsEmpty) return (null, Statuses.Invalid(null, "", set.Faults));
            root = set.Manifests.FirstOrDefault()?.Root ?? root;
        }
        return Read(root, query);
    }

    /// <param name="root">A <c>DeleteOptions</c> object.</param>
    /// <param name="query">Outweighs it.</param>
    public static (DeleteOptions? Options, ApiAnswer? Refused) Read(JsonObject root, IQueryCollection query)
    {
        var seconds = root["gracePeriodSeconds"].AsInteger();
        if (query["gracePeriodSeconds"].ToString() is { Length: > 0 } text)
            seconds = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var asked) ? asked : -1;
        if (seconds is < 0 or > int.MaxValue)
            return (null, Statuses.BadRequest($"gracePeriodSeconds is {seconds}: must be from 0 to {int.MaxValue}"));
        var policy = query["propagationPolicy"].ToString() is { Length: > 0 } named ? named : root["propagationPolicy"].AsText();
        var isDry = query["dryRun"].ToString() == "All" || (root["dryRun"] as JsonArray)?.Any(one => one.AsText() == "All") == true;
        return (new DeleteOptions(
            seconds is { } grace ? TimeSpan.FromSeconds(grace) : null,
            root.Below("preconditions", "uid").AsText(),
            root.Below("preconditions", "resourceVersion").AsText(),
            isDry,
            policy == "Orphan" ? ["pods derive from their workload and go with it: propagationPolicy Orphan is not kept"] : []), null);
    }
}
