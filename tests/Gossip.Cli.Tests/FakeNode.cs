using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gossip.Cli.Tests;

/// <summary>What a node was asked.</summary>
/// <param name="Path">With the query.</param>
sealed record Asked(string Method, string Path, string Body)
{
    public override string ToString() => $"{Method} {Path} {Body}";
}

/// <summary>What it answers.</summary>
sealed record Answer(string Json, int Code = 200);

/// <summary>A node's HTTP API as a test wants it: answers by a function, and remembers what it was asked.</summary>
sealed class FakeNode : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentQueue<Asked> asked = new();

    FakeNode(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();
    public IReadOnlyList<Asked> Asked => [.. asked];

    public void Forget() => asked.Clear();

    public static async Task<FakeNode> StartAsync(Func<Asked, Answer> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var node = new FakeNode(builder.Build());
        node.app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var path = context.Request.Path + context.Request.QueryString;
            var question = new Asked(context.Request.Method, path, await reader.ReadToEndAsync());
            node.asked.Enqueue(question);
            var told = answer(question);
            context.Response.StatusCode = told.Code;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(told.Json);
        });
        await node.app.StartAsync();
        return node;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
