using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gossip.Core.Ports;
using Gossip.Core.Requests;
using Gossip.Kubernetes.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>
/// <c>/gossip/v1/voters</c>: GET says by whose majority singletons run, POST <c>{"add":[NAME],"remove":[NAME]}</c> changes it.
/// </summary>
static class VotersEndpoint
{
    public static async Task<ApiAnswer> AnswerAsync(HttpRequest request, ClusterAccess node, CancellationToken ct)
    {
        var change = new ChangeVoters([], []);
        if (HttpMethods.IsPost(request.Method))
        {
            var (body, refused) = await Body.ReadAsync(request);
            if (refused is not null) return refused;
            if (Read(body) is not { } read) return Statuses.BadRequest("the body is not {\"add\":[NAME …],\"remove\":[NAME …]}");
            change = read;
        }
        return await node.AskAsync(change, ct) switch
        {
            VotersAre voters => new ApiAnswer(200, new JsonObject
            {
                ["version"] = voters.Version,
                ["voters"] = new JsonArray([.. voters.Names.Select(name => (JsonNode)name)]),
            }),
            Refused { Because: RefusedBecause.Unavailable } refused => Statuses.Unavailable(refused.Message),
            Refused refused => Statuses.BadRequest(refused.Message),
            _ => Statuses.InternalError("the node answers something else"),
        };
    }

    static ChangeVoters? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span) is JsonObject json ? new ChangeVoters(Names(json["add"]), Names(json["remove"])) : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    static ImmutableArray<string> Names(JsonNode? names) =>
        names is null ? [] : [.. names.AsArray().Select(name => name!.GetValue<string>())];
}
