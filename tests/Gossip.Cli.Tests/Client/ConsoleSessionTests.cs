using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Gossip.Cli.Tests.Client;

/// <summary>How <c>gossip exec</c> ends, by what the node says at the end; anything may say it.</summary>
public sealed class ConsoleSessionTests
{
    const byte Status = 3;

    static string Exited(string code) => $$$"""
        {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": [{"reason": "ExitCode", "message": "{{{code}}}"}]}}
        """;

    [Theory]
    [InlineData("""{"status": "Success"}""", 0, "")]
    [InlineData("3", 1, "no text in 'status'")]
    [InlineData("not JSON", 1, "no text in 'status'")]
    [InlineData("{}", 1, "no text in 'status'")]
    [InlineData("""{"status": "Failure", "message": "no such container"}""", 1, "no such container")]
    [InlineData("""{"status": "Failure"}""", 1, "the command failed")]
    [InlineData("""{"status": "Failure", "reason": "NonZeroExitCode"}""", 1, "no part in 'details'")]
    [InlineData("", 1, "without saying how the command ended")]
    public async Task An_end_is_an_exit_code_or_words(string status, int code, string said)
    {
        var run = await ExecAsync(status);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("a bug in Gossip", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("137", 137)]
    [InlineData("many", 1)]
    [InlineData("99999999999", 1)]
    public async Task The_exit_code_is_the_commands(string told, int code) => Assert.Equal(code, (await ExecAsync(Exited(told))).ExitCode);

    [Fact]
    public async Task A_node_that_never_stops_saying_how_it_ended_is_left()
    {
        var run = await ExecAsync(new string('x', 100_000));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("more than 65536 bytes", run.Error, StringComparison.Ordinal);
    }

    static async Task<VerbRun> ExecAsync(string status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var node = builder.Build();
        node.UseWebSockets();
        node.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync("v5.channel.k8s.io");
            byte[] message = [Status, .. Encoding.UTF8.GetBytes(status)];
            if (status.Length > 0) await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, default);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
        await node.StartAsync();
        return await VerbRun.RunAsync(node.Urls.Single(), "exec", "pod", "--", "ls");
    }
}
