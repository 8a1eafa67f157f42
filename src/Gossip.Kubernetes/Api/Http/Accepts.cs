using Microsoft.AspNetCore.Http;

namespace Gossip.Kubernetes.Api.Http;

/// <summary>The form that a client wants an answer in: the first of its Accept header that is served.</summary>
enum AnswerForm : byte { None, Json, Table, PartialMetadata, GroupDiscovery }

static class Accepts
{
    public const string GroupDiscoveryType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <param name="special">What is served there besides JSON. Where tables are, so is metadata alone.</param>
    public static AnswerForm Negotiate(HttpRequest request, AnswerForm special)
    {
        var header = request.Headers.Accept.ToString();
        if (header.Length == 0) return AnswerForm.Json;
        foreach (var entry in header.Split(','))
        {
            var parts = entry.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "application/*" or "*/*")) continue;
            var wanted = Parameter(parts, "as");
            if (wanted.Length == 0) return AnswerForm.Json;
            if (special == AnswerForm.Table && Parameter(parts, "g") == "meta.k8s.io" && Parameter(parts, "v") == "v1")
            {
                if (wanted == "Table") return AnswerForm.Table;
                if (wanted is "PartialObjectMetadata" or "PartialObjectMetadataList") return AnswerForm.PartialMetadata;
            }
            if (special == AnswerForm.GroupDiscovery && wanted == "APIGroupDiscoveryList" && Parameter(parts, "v") == "v2") return special;
        }
        return AnswerForm.None;
    }

    static string Parameter(string[] parts, string name) =>
        parts.FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";
}
