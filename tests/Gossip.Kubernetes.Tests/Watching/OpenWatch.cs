using System.Text.Json.Nodes;
using Gossip.Kubernetes.Tests.Api;

namespace Gossip.Kubernetes.Tests.Watching;

/// <summary>A watch's connection, read event by event.</summary>
sealed class OpenWatch : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    readonly HttpResponseMessage response;
    readonly StreamReader lines;

    OpenWatch(HttpResponseMessage response, Stream body) => (this.response, lines) = (response, new StreamReader(body));

    public static async Task<OpenWatch> StartAsync(ServedCluster served, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        return new OpenWatch(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null when the stream ended.</summary>
    public async Task<JsonNode?> NextAsync() =>
        await lines.ReadLineAsync().WaitAsync(Patience) is { } line ? JsonNode.Parse(line) : null;

    /// <summary>As <c>ADDED name</c>.</summary>
    public async Task<string> TellAsync()
    {
        var told = await NextAsync();
        return told is null ? "END" : $"{told["type"]} {told["object"]!["metadata"]!["name"]}";
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }
}
