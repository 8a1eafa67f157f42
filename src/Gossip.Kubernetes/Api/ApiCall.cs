using Gossip.Kubernetes.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api;

/// <summary>One request for objects of a kind, and the node that answers it.</summary>
sealed record ApiCall(HttpContext Context, ResourcePath Path, ClusterAccess Cluster)
{
    public HttpRequest Request => Context.Request;
    public IQueryCollection Query => Context.Request.Query;

    /// <summary>The connection is gone, or the server stops.</summary>
    public CancellationToken Gone => Context.RequestAborted;
}

/// <summary>What is below an object: <c>pods/NAME/log</c>.</summary>
/// <param name="Methods">Which are served.</param>
/// <param name="AnswerAsync">Null when the answer was a stream, and is over.</param>
sealed record Subresource(string Name, IReadOnlyList<string> Methods, Func<ApiCall, Task<ApiAnswer?>> AnswerAsync)
{
    /// <summary>How discovery tells of it; null when it does not.</summary>
    public DiscoveredSubresource? Discovered { get; init; }
}

/// <summary>The group, version and kind of what a subresource takes, and its verbs.</summary>
sealed record DiscoveredSubresource(string Group, string Version, string Kind, IReadOnlyList<string> Verbs);
