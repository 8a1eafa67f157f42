using System.Text.Json.Nodes;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>What the API answers.</summary>
/// <param name="ItemsField">The field of the body that holds the items.</param>
/// <param name="Items">JSON, written one by one; null when there are none.</param>
sealed record ApiAnswer(int Code, JsonObject Body, string ItemsField = "", IEnumerable<ReadOnlyMemory<byte>>? Items = null)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>Written instead of the body: what is written already, or is not JSON.</summary>
    public ReadOnlyMemory<byte>? Raw { get; init; }

    /// <summary>kubectl prints these.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
