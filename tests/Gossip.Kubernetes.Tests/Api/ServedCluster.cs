using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Api;

/// <summary>The API over a fake cluster, on a port of its own.</summary>
sealed class ServedCluster : IAsyncDisposable
{
    readonly ApiServer server;

    ServedCluster(FakeCluster cluster, KubernetesApi api, ApiServer server)
    {
        (Cluster, Api, this.server) = (cluster, api, server);
        Http = new HttpClient { BaseAddress = server.Url };
        if (Tests.Api.Kubectl.IsThere) Kubectl = new Kubectl(server.Url);
    }

    public FakeCluster Cluster { get; }
    public KubernetesApi Api { get; }
    public HttpClient Http { get; }
    public Kubectl? Kubectl { get; }

    public static async Task<ServedCluster> StartAsync(FakeCluster? cluster = null)
    {
        cluster ??= new FakeCluster().WithNode("n1", "process");
        var api = new KubernetesApi(cluster.AskAsync, new StoppedClock());
        return new ServedCluster(cluster, api, await ApiServer.StartAsync(api));
    }

    public async Task<(HttpStatusCode Code, JsonNode Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, type);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public Task<(HttpStatusCode Code, JsonNode Body)> GetAsync(string path, string? accept = null) =>
        SendAsync(HttpMethod.Get, path, accept: accept);
    public Task<(HttpStatusCode Code, JsonNode Body)> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Kubectl?.Dispose();
        await server.DisposeAsync();
    }

    /// <summary>Five minutes after everything in the fake began.</summary>
    sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => FakeCluster.Start.ToDateTimeOffset().AddMinutes(5);
    }
}
