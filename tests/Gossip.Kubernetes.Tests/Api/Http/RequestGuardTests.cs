using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Api.Http;

/// <summary>What a web page can make a browser send reaches nothing, on any path; what programs send still does.</summary>
public sealed class RequestGuardTests : IAsyncLifetime
{
    const string Pods = "/api/v1/namespaces/default/pods";
    const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},
         "spec":{"runtimeClassName":"process","containers":[{"name":"c","command":["id"]}]}}
        """;

    readonly FakeCluster cluster = new FakeCluster().WithNode("n1", "process");
    readonly HttpClient http = new();
    ApiServer server = null!;

    public async ValueTask InitializeAsync() =>
        server = await ApiServer.StartAsync(new KubernetesApi(cluster.AskAsync, hosts: ["api.gossip.test:6443", "plain.gossip.test"]));

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("localhost:PORT", 200)]
    [InlineData("LocalHost:PORT", 200)]
    [InlineData("127.0.0.1:PORT", 200)]
    [InlineData("127.3.2.1:PORT", 200)]
    [InlineData("[::1]:PORT", 200)]
    [InlineData("api.gossip.test:6443", 200)]
    [InlineData("API.gossip.test:6443", 200)]
    [InlineData("plain.gossip.test", 200)]
    [InlineData("plain.gossip.test:80", 200)]
    [InlineData("api.gossip.test", 403)]
    [InlineData("plain.gossip.test:PORT", 403)]
    [InlineData("localhost", 403)]
    [InlineData("localhost:1", 403)]
    [InlineData("localhost.:PORT", 403)]
    [InlineData("evil.localhost:PORT", 403)]
    [InlineData("localhost.evil.test:PORT", 403)]
    [InlineData("127.0.0.1.evil.test:PORT", 403)]
    [InlineData("192.0.2.1:PORT", 403)]
    [InlineData("0.0.0.0:PORT", 403)]
    [InlineData("[::2]:PORT", 403)]
    public async Task Only_a_host_of_its_own_is_answered(string host, int code)
    {
        foreach (var path in (string[])["/", "/version", "/apis", "/openapi/v3", Pods, "/api/v1/nodes", "/gossip/v1/members", "/livez"])
        {
            using var answer = await SendAsync(HttpMethod.Get, path, request =>
                request.Headers.Host = host.Replace("PORT", $"{server.Url.Port}", StringComparison.Ordinal));
            Assert.Equal((path, code), (path, (int)answer.StatusCode));
        }
    }

    /// <summary>DNS rebinding: the page's own name now leads to this machine, so the browser takes the answer for the page's own.</summary>
    [Fact]
    public async Task A_page_whose_name_was_pointed_at_this_machine_reads_no_secret()
    {
        await SendOkAsync(
            HttpMethod.Post, "/api/v1/namespaces/default/secrets", """{"metadata":{"name":"s"},"stringData":{"password":"swordfish"}}""");
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/secrets", request =>
        {
            request.Headers.Host = $"rebound.evil.test:{server.Url.Port}";
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        });
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(
            $"Host: 'rebound.evil.test:{server.Url.Port}' is not a name of this server: use localhost:{server.Url.Port} or its address",
            (string)JsonNode.Parse(body)!["message"]!);
    }

    /// <summary>The request that made a root process out of a visit to a web page.</summary>
    [Fact]
    public async Task A_page_that_posts_a_pod_as_text_makes_none()
    {
        using (var crossed = await SendAsync(HttpMethod.Post, Pods, request =>
        {
            request.Headers.TryAddWithoutValidation("Origin", "http://evil.example");
            request.Content = new StringContent(Pod, Encoding.UTF8, "text/plain");
        }))
            await AssertRefusedAsync(crossed, 403, "Forbidden", "Origin: requests of web pages of 'http://evil.example' are not taken");
        using (var plain = await SendAsync(HttpMethod.Post, Pods, request => request.Content = Content(Pod, "text/plain")))
            await AssertRefusedAsync(
                plain, 415, "UnsupportedMediaType",
                "a body of type text/plain is not read here: send application/json or application/yaml");
        Assert.Empty(cluster.View().Objects);
    }

    [Theory]
    [InlineData("GET", Pods)]
    [InlineData("POST", Pods)]
    [InlineData("DELETE", Pods + "/p")]
    [InlineData("PATCH", "/api/v1/nodes/n1")]
    [InlineData("OPTIONS", Pods)]
    [InlineData("POST", Pods + "/p/eviction")]
    [InlineData("GET", Pods + "/p/log")]
    [InlineData("GET", Pods + "/p/exec?command=id")]
    [InlineData("POST", "/gossip/v1/voters")]
    [InlineData("POST", "/gossip/v1/plan")]
    [InlineData("GET", "/gossip/v1/pods/default/p/copy?path=/etc")]
    [InlineData("GET", "/apis/metrics.k8s.io/v1beta1/pods")]
    [InlineData("GET", "/version")]
    [InlineData("GET", "/readyz")]
    [InlineData("GET", "/nowhere")]
    public async Task No_path_answers_a_foreign_page(string method, string path)
    {
        (string, string)[] foreign =
        [
            ("Origin", "http://evil.example"), ("Origin", "null"), ("Origin", $"https://127.0.0.1:{server.Url.Port}"),
            ("Origin", "http://localhost:1"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
        ];
        foreach (var (header, value) in foreign)
        {
            using var answer = await SendAsync(new HttpMethod(method), path, request =>
                request.Headers.TryAddWithoutValidation(header, value));
            Assert.Equal((value, 403), (value, (int)answer.StatusCode));
        }
        Assert.Empty(cluster.View().Objects);
    }

    [Fact]
    public async Task A_page_that_the_server_itself_gave_out_is_no_stranger()
    {
        using var answer = await SendAsync(HttpMethod.Get, Pods, request =>
        {
            request.Headers.TryAddWithoutValidation("Origin", server.Url.GetLeftPart(UriPartial.Authority));
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/json", 201)]
    [InlineData("application/json; charset=utf-8", 201)]
    [InlineData("Application/JSON", 201)]
    [InlineData("application/yaml", 201)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("text/plain; application/json", 415)]
    [InlineData("text/plain, application/json", 415)]
    [InlineData("application/jsonp", 415)]
    [InlineData("application/xml", 415)]
    [InlineData("application/merge-patch+json", 415)]
    [InlineData("application/vnd.kubernetes.protobuf", 415)]
    [InlineData("", 415)]
    [InlineData(null, 415)]
    public async Task Only_bodies_of_a_type_that_is_read_are_taken(string? type, int code)
    {
        foreach (var path in (string[])[Pods, "/gossip/v1/plan"])
        {
            using var answer = await SendAsync(HttpMethod.Post, path, request => request.Content = Content(Pod, type));
            Assert.Equal((path, code == 201 && path != Pods ? 200 : code), (path, (int)answer.StatusCode));
            if (code != 415) continue;
            var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Assert.Equal(("Status", "UnsupportedMediaType"), ((string)status["kind"]!, (string)status["reason"]!));
            Assert.Matches("send application/json or application/yaml|create -f", (string)status["message"]!);
        }
        Assert.Equal(code == 201 ? 1 : 0, cluster.View().Objects.Length);
    }

    [Theory]
    [InlineData("POST", "/gossip/v1/voters")]
    [InlineData("DELETE", Pods + "/p")]
    [InlineData("PUT", Pods + "/p")]
    [InlineData("PATCH", "/api/v1/nodes/n1")]
    [InlineData("POST", Pods + "/p/eviction")]
    [InlineData("GET", Pods)]
    [InlineData("POST", "/nowhere")]
    public async Task Forms_and_untyped_bodies_are_refused_on_every_path(string method, string path)
    {
        foreach (var type in (string?[])["text/plain", "application/x-www-form-urlencoded", null])
        {
            using var answer = await SendAsync(new HttpMethod(method), path, request => request.Content = Content("{}", type));
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_a_body_and_an_empty_one_is_none()
    {
        using (var chunked = await SendAsync(HttpMethod.Post, Pods, request =>
        {
            request.Content = Content(Pod, "text/plain");
            request.Headers.TransferEncodingChunked = true;
        }))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, chunked.StatusCode);
        using var empty = await SendAsync(HttpMethod.Delete, Pods + "/p", request => request.Content = Content("", null));
        Assert.Equal(HttpStatusCode.NotFound, empty.StatusCode);
    }

    [Theory]
    [InlineData("kubectl/v1.20.2 (linux/amd64) kubernetes/faecb19", 201)]
    [InlineData("Mozilla/5.0 kubectl/v1.20.2", 415)]
    [InlineData("curl/7.88.1", 415)]
    public async Task A_body_without_a_type_is_taken_of_an_old_kubectl_alone(string agent, int code)
    {
        using var answer = await SendAsync(HttpMethod.Post, Pods, request =>
        {
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
            request.Content = Content(Pod, null);
        });
        Assert.Equal(code, (int)answer.StatusCode);
    }

    /// <summary>HTTP/1.0 needs no Host.</summary>
    [Fact]
    public async Task A_request_without_a_host_is_refused()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("GET /version HTTP/1.0\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 403 ", await new StreamReader(stream).ReadToEndAsync(), StringComparison.Ordinal);
    }

    static async Task AssertRefusedAsync(HttpResponseMessage answer, int code, string reason, string message)
    {
        var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((code, "Status", reason, message, code),
            ((int)answer.StatusCode, (string)status["kind"]!, (string)status["reason"]!, (string)status["message"]!, (int)status["code"]!));
    }

    async Task SendOkAsync(HttpMethod method, string path, string body)
    {
        using var answer = await SendAsync(method, path, request => request.Content = Content(body, "application/json"));
        Assert.True(answer.IsSuccessStatusCode);
    }

    static ByteArrayContent Content(string body, string? type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage> with)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Url, path));
        with(request);
        return await http.SendAsync(request);
    }
}
