using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>What the API answers. <paramref name="Items"/>, if any, are JSON, and written one by one into the body's field of that name.</summary>
sealed record ApiAnswer(int Code, JsonObject Body, string ItemsField = "", IEnumerable<ReadOnlyMemory<byte>>? Items = null)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>Written instead of the body: what is written already, or is not JSON.</summary>
    public ReadOnlyMemory<byte>? Raw { get; init; }

    /// <summary>kubectl prints these.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
