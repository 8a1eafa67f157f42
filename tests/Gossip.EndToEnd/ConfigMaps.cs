using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Gossip.EndToEnd;

/// <summary>Writes that are easy to count.</summary>
static class ConfigMaps
{
    public const string Path = "api/v1/namespaces/default/configmaps";

    public static async Task<HttpStatusCode> CreateAsync(NodeProcess node, string name, int letters = 10)
    {
        using var body = Map(name, letters);
        using var answer = await node.Api.PostAsync(Path, body);
        return answer.StatusCode;
    }

    public static async Task<HttpStatusCode> ReplaceAsync(NodeProcess node, string name, int letters)
    {
        using var body = Map(name, letters);
        using var answer = await node.Api.PutAsync($"{Path}/{name}", body);
        return answer.StatusCode;
    }

    /// <summary>False also when the node is not there, or goes meanwhile.</summary>
    public static async Task<bool> IsAcknowledgedAsync(NodeProcess node, string name)
    {
        try
        {
            return await CreateAsync(node, name) == HttpStatusCode.Created;
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The names of all there are, without what they hold.</summary>
    public static async Task<HashSet<string>> NamesAsync(NodeProcess node)
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, Path);
        asked.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/json;as=Table;v=v1;g=meta.k8s.io"));
        using var answer = await node.Api.SendAsync(asked);
        var table = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync())!;
        return [.. table["rows"]!.AsArray().Select(row => row!["object"]!["metadata"]!["name"]!.GetValue<string>())];
    }

    static StringContent Map(string name, int letters)
    {
        var map = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["data"] = new JsonObject { ["letters"] = new string('x', letters) },
        };
        return new StringContent(map.ToJsonString(), Encoding.UTF8, "application/json");
    }
}
