using System.Net;
using System.Net.Sockets;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Runtimes.Probing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Tests.Runtimes.Probing;

/// <summary>Against real servers on the loopback.</summary>
public sealed class ProberTests : IAsyncDisposable
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    readonly Prober prober = new();
    WebApplication? server;

    public async ValueTask DisposeAsync()
    {
        prober.Dispose();
        if (server is not null) await server.DisposeAsync();
    }

    [Theory]
    [InlineData("/fine", true, "")]
    [InlineData("/fine?with=query", true, "")]
    [InlineData("/status/204", true, "")]
    [InlineData("/status/399", true, "")]
    [InlineData("/status/400", false, "HTTP probe failed with statuscode: 400: because")]
    [InlineData("/to/status/500", false, "HTTP probe failed with statuscode: 500: because")]
    [InlineData("/abroad", true, "redirected to elsewhere.test, which was not followed")]
    [InlineData("/round", false, "stopped after 10 redirects")]
    [InlineData("needs-header", true, "")]
    public async Task A_GET_passes_for_what_Kubernetes_lets_pass(string path, bool passes, string message)
    {
        var port = await ServeAsync(HttpProtocols.Http1, async context =>
        {
            var (request, response) = (context.Request, context.Response);
            switch (request.Path.Value)
            {
                case "/fine": break;
                case "/needs-header": response.StatusCode = request is { Headers: { Host: [var host], UserAgent: ["me"] } } && host == "web.test" ? 200 : 400; break;
                case "/abroad": response.Redirect("http://elsewhere.test/"); break;
                case "/round": response.Redirect("/round"); break;
                case { } to when to.StartsWith("/to/", StringComparison.Ordinal): response.Redirect(to[3..]); break;
                case { } status:
                    response.StatusCode = int.Parse(status.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
                    if (response.StatusCode >= 400) await response.WriteAsync("because");
                    break;
            }
        });
        Assert.Equal(new Outcome(passes, message), await ActAsync(new HttpGetAction(false, "", port, path, [new("Host", "web.test"), new("User-Agent", "me")])));
    }

    [Fact]
    public async Task The_body_of_a_failure_is_cut()
    {
        var port = await ServeAsync(HttpProtocols.Http1, async context =>
        {
            context.Response.StatusCode = 500;
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.WriteAsync(new string('x', 100_000)); // for ever
        });
        var outcome = await ActAsync(new HttpGetAction(false, "", port, "/", []));
        Assert.False(outcome.Passed);
        Assert.Equal(Prober.MessageMax, outcome.Message.Length);
    }

    [Fact]
    public async Task Whatever_does_not_answer_in_time_fails()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = (ushort)((IPEndPoint)silent.LocalEndpoint).Port;
        foreach (PodAction action in (PodAction[])[new HttpGetAction(false, "", port, "/", []), new HttpGetAction(true, "", port, "/", []), new GrpcAction(port, ""), new ExecAction(["sleep"])])
            Assert.Equal(new Outcome(false, "no answer within 0.1 s"), await ActAsync(action, TimeSpan.FromSeconds(0.1)));
    }

    [Fact]
    public async Task A_port_passes_when_it_accepts_a_connection()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = (ushort)((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal(new Outcome(true, ""), await ActAsync(new TcpSocketAction("", port)));
        Assert.Equal(new Outcome(true, ""), await ActAsync(new TcpSocketAction("localhost", port)));
        listener.Dispose();
        foreach (PodAction action in (PodAction[])[new TcpSocketAction("", port), new HttpGetAction(false, "", port, "/", []), new GrpcAction(port, "")])
            Assert.Equal(new Outcome(false, "Connection refused"), await ActAsync(action));
    }

    [Theory]
    [InlineData("", true, "")]
    [InlineData("ill", false, "service unhealthy (responded with \"NOT_SERVING\")")]
    [InlineData("mute", false, "the answer is no HealthCheckResponse")]
    [InlineData("unheard-of", false, "gRPC status 5: no such service")]
    public async Task A_gRPC_service_passes_when_it_serves(string service, bool passes, string message)
    {
        var port = await ServeAsync(HttpProtocols.Http2, async context =>
        {
            var question = new byte[64];
            var length = await context.Request.Body.ReadAtLeastAsync(question, question.Length, throwOnEndOfStream: false);
            var asked = length > 7 ? System.Text.Encoding.UTF8.GetString(question, 7, length - 7) : "";
            context.Response.ContentType = "application/grpc";
            var known = asked is "" or "ill" or "mute";
            if (!known) context.Response.AppendTrailer("grpc-message", "no such service");
            else await context.Response.Body.WriteAsync(asked switch { "" => new byte[] { 0, 0, 0, 0, 2, 8, 1 }, "ill" => [0, 0, 0, 0, 2, 8, 2], _ => [0, 0, 0, 0, 9] });
            context.Response.AppendTrailer("grpc-status", known ? "0" : "5");
        });
        Assert.Equal(new Outcome(passes, message), await ActAsync(new GrpcAction(port, service)));
    }

    [Fact]
    public async Task A_sleep_passes_once_it_is_over()
    {
        Assert.Equal(new Outcome(true, ""), await ActAsync(new SleepAction(TimeSpan.FromMilliseconds(1))));
        Assert.Equal(new Outcome(false, ""), await ActAsync(new SleepAction(Long), TimeSpan.FromMilliseconds(1)));
    }

    Task<Outcome> ActAsync(PodAction action, TimeSpan? within = null) => prober.ActAsync(
        new RunAction(new PodRun(new PodId(new Uid(1, 1), 0, 7), Epoch.First), "scripted", "main", 0, ActionPurpose.Liveness, action, "127.0.0.1", within ?? Long),
        new ScriptedRuntime(), CancellationToken.None);

    async Task<ushort> ServeAsync(HttpProtocols protocols, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return (ushort)new Uri(server.Urls.Single()).Port;
    }
}
