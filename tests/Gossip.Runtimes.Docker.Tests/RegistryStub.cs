using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gossip.Cli.Demo;

namespace Gossip.Runtimes.Docker.Tests;

/// <summary>A registry on loopback with one image of one layer, behind a user and a password.</summary>
sealed class RegistryStub : IAsyncDisposable
{
    readonly HttpListener listener = new();
    readonly Dictionary<string, (string Type, byte[] Content)> blobs = new(StringComparer.Ordinal);
    readonly byte[] manifest;
    readonly string authorization;
    readonly Task serving;

    public RegistryStub(string user, string password, Stream tree)
    {
        authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        var plain = new MemoryStream();
        tree.CopyTo(plain);
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(plain.ToArray());
        var layer = Add("application/vnd.docker.image.rootfs.diff.tar.gzip", packed.ToArray());
        var config = Add("application/vnd.docker.container.image.v1+json", Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{Digest(plain.ToArray())}}}"]}}"""));
        manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{{config}},"layers":[{{layer}}]}
            """);
        Host = $"127.0.0.1:{FreePorts.Take()}";
        listener.Prefixes.Add($"http://{Host}/");
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    public string Host { get; }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    string Add(string type, byte[] content)
    {
        var digest = Digest(content);
        blobs[digest] = (type, content);
        return $$"""{"mediaType":"{{type}}","size":{{content.Length}},"digest":"{{digest}}"}""";
    }

    static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            var context = await listener.GetContextAsync();
            var (path, answer) = (context.Request.Url!.AbsolutePath, context.Response);
            if (context.Request.Headers["Authorization"] != authorization)
            {
                answer.StatusCode = 401;
                answer.Headers["WWW-Authenticate"] = "Basic realm=\"gossip\"";
            }
            else if (path.Contains("/manifests/", StringComparison.Ordinal)) await WriteAsync(context, ManifestType, manifest);
            else if (blobs.TryGetValue(path.Split('/')[^1], out var blob)) await WriteAsync(context, "application/octet-stream", blob.Content);
            else answer.StatusCode = path == "/v2/" ? 200 : 404;
            answer.Close();
        }
    }

    static async Task WriteAsync(HttpListenerContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength64 = content.Length;
        context.Response.Headers["Docker-Content-Digest"] = Digest(content);
        if (context.Request.HttpMethod != "HEAD") await context.Response.OutputStream.WriteAsync(content);
    }
}
