using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gossip.Cli.Client;

/// <summary>A member as <c>/gossip/v1/members</c> tells it. Memory in bytes.</summary>
sealed record MemberInfo(
    string Name, string State, string Address, string Incarnation, string ApiUrl, bool Self, int Pods,
    long FreeMilliCpu, long FreeMemory, IReadOnlyList<string> Runtimes)
{
    /// <summary>What is not as it should be with the node, a phrase each.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];
}

/// <summary>The explanation that <c>/gossip/v1/why/NAMESPACE/POD</c> gives; <paramref name="Lines"/> tell all of it to people.</summary>
sealed record WhyInfo(
    string Pod, string Owner, string Phase, bool Placed, string Node, string Headline, IReadOnlyList<WhyAnswerInfo> Answers,
    IReadOnlyList<string> Remarks, IReadOnlyList<string> Lines);

/// <param name="Score">Of a bid; -1 for a refusal.</param>
sealed record WhyAnswerInfo(string Node, int Score, bool Won, string Why);

/// <summary>
/// The client of a node's HTTP API, for the CLI. Objects go by Kubernetes' paths; only what Kubernetes has no word for
/// has paths of its own, under <c>/gossip/v1</c>. Throws <see cref="CliFailure"/> with the server's words.
/// </summary>
sealed class NodeClient : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Of an answer that is read whole, in bytes: far more than 100,000 pods take.</summary>
    const int AnswerMax = 1 << 29;

    readonly HttpClient http;
    readonly string server;

    public NodeClient(string server, TimeSpan? timeout = null)
    {
        this.server = server;
        http = new HttpClient
        {
            BaseAddress = ReadServer(server), Timeout = timeout ?? TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = AnswerMax,
        };
    }

    /// <summary>
    /// A URL of a node's API, with a folder or without. Its address is written in full: the platform's reader takes http://10.1 for
    /// 10.0.0.1.
    /// </summary>
    static Uri ReadServer(string server)
    {
        var whole = server.EndsWith('/') ? server : server + "/";
        if (!Uri.TryCreate(whole, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliFailure($"--server '{server}' is no URL; it looks like http://127.0.0.1:8080", 2);
        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new CliFailure($"--server '{server}' has more than a host, a port and a folder; it looks like http://127.0.0.1:8080", 2);
        if (address.HostNameType == UriHostNameType.IPv4 && !server.Contains($"//{address.Host}", StringComparison.Ordinal))
            throw new CliFailure($"--server '{server}' would be {address.Host}: write the address in four decimal numbers", 2);
        return address;
    }

    public async Task<IReadOnlyList<MemberInfo>> MembersAsync(CancellationToken cancel) =>
        (await GetAsync("gossip/v1/members", cancel)).Part("members").As<List<MemberInfo>>();

    public async Task<WhyInfo> WhyAsync(string ns, string pod, CancellationToken cancel) =>
        (await GetAsync($"gossip/v1/why/{Uri.EscapeDataString(ns)}/{Uri.EscapeDataString(pod)}", cancel)).As<WhyInfo>();

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancel);
        return await ReadAsync(response, cancel);
    }

    /// <summary>GET, or null when there is no such object.</summary>
    public async Task<JsonNode?> FindAsync(string path, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancel);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, cancel);
    }

    public async Task<JsonNode> PostAsync(string path, JsonNode body, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, cancel);
        return await ReadAsync(response, cancel);
    }

    public async Task<JsonNode> PutAsync(string path, JsonNode body, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Put, path, body, cancel);
        return await ReadAsync(response, cancel);
    }

    /// <summary>PATCH, as a merge patch.</summary>
    public async Task<JsonNode> PatchAsync(string path, JsonNode patch, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Patch, path, patch, cancel, type: "application/merge-patch+json");
        return await ReadAsync(response, cancel);
    }

    /// <summary>POST whose refusal is an answer: null when it was taken, else the status code and the server's words.</summary>
    public async Task<(HttpStatusCode Code, string Message)?> TryPostAsync(string path, JsonNode body, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, cancel);
        if (response.IsSuccessStatusCode) return null;
        var status = Parse(await response.Content.ReadAsStringAsync(cancel)) as JsonObject;
        if (status?["details"] is JsonObject details && details["causes"] is JsonArray and [.., JsonObject last]
            && last.TextOrNone("message") is { Length: > 0 } cause) return (response.StatusCode, cause);
        return (response.StatusCode, Said(response, status));
    }

    /// <summary>GET of a stream, whose end may be far.</summary>
    public async Task<Stream> StreamAsync(string path, CancellationToken cancel)
    {
        var response = await SendAsync(HttpMethod.Get, path, null, cancel, HttpCompletionOption.ResponseHeadersRead);
        if (!response.IsSuccessStatusCode) await ReadAsync(response, cancel);
        return await response.Content.ReadAsStreamAsync(cancel);
    }

    /// <summary>Carries an answer to its end, saying so when it is cut.</summary>
    public static async Task CarryAsync(Stream answer, Stream to, CancellationToken cancel)
    {
        var buffer = new byte[32 * 1024];
        while (true)
        {
            int read;
            try
            {
                read = await answer.ReadAsync(buffer, cancel);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException)
            {
                throw new CliFailure("what came is not whole: the pod, its node or the connection went away");
            }
            if (read == 0) return;
            await to.WriteAsync(buffer.AsMemory(0, read), cancel);
        }
    }

    /// <summary>Opens a console in a pod.</summary>
    public async Task<WebSocket> ConnectAsync(string path, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        try
        {
            var scheme = http.BaseAddress!.Scheme == "https" ? "wss" : "ws";
            await socket.ConnectAsync(new UriBuilder(new Uri(http.BaseAddress, path)) { Scheme = scheme }.Uri, cancel);
            return socket;
        }
        catch (WebSocketException)
        {
            socket.Dispose();
            // Why, only the body says, and of that a socket that did not open shows nothing: ask once more without one.
            await PostAsync(path, new JsonObject(), cancel);
            throw new CliFailure($"the node at {server} opens no console");
        }
    }

    async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, JsonNode? body, CancellationToken cancel,
        HttpCompletionOption until = HttpCompletionOption.ResponseContentRead, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type);
        try
        {
            return await http.SendAsync(request, until, cancel);
        }
        catch (HttpRequestException failed)
        {
            throw new CliFailure(
                $"no node answers at {server} ({failed.HttpRequestError}). Start one with 'gossip run', or name another with --server");
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CliFailure($"the node at {server} did not answer within {http.Timeout.TotalSeconds:0} s; try another with --server");
        }
    }

    static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var node = Parse(await response.Content.ReadAsStringAsync(cancel));
        if (!response.IsSuccessStatusCode) throw new CliFailure(Said(response, node));
        return node
            ?? throw new CliFailure($"what answers at {response.RequestMessage?.RequestUri} is no Gossip node: its answer is no JSON");
    }

    static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // not ours: told with the status code
        }
    }

    /// <summary>The message of a Kubernetes Status; of any other answer its code.</summary>
    static string Said(HttpResponseMessage response, JsonNode? status) =>
        status is JsonObject fields && fields["message"] is JsonValue value && value.TryGetValue(out string? said) && said.Length > 0
            ? said
            : $"{(int)response.StatusCode} {response.ReasonPhrase}";

    public void Dispose() => http.Dispose();
}
