using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gossip.Cli.Client;

namespace Gossip.Cli.Tests.Client;

/// <summary>Whatever answers at the URL, the person is told in words what it was.</summary>
public sealed class NodeClientTests
{
    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("localhost:8080")]
    [InlineData("")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://")]
    [InlineData("http://::1:8080")]
    [InlineData("http://10.1:8080")] // 10.0.0.1 to the platform
    [InlineData("http://010.0.0.1:8080")] // 8.0.0.1 to the platform
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://user:secret@127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:8080/?x=1")]
    [InlineData("http://127.0.0.1:8080/#x")]
    public void A_server_that_is_no_plain_URL_is_refused(string server)
    {
        var failure = Assert.Throws<CliFailure>(() => new NodeClient(server));
        Assert.Equal(2, failure.ExitCode);
        Assert.StartsWith($"--server '{server}'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080/")]
    [InlineData("https://node.example.com/gossip")]
    public void A_URL_with_a_folder_or_without_is_taken(string server) => new NodeClient(server).Dispose();

    [Fact]
    public async Task Nobody_there_is_told_with_what_to_do()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var node = new NodeClient($"http://127.0.0.1:{port}");
        var failure = await Assert.ThrowsAsync<CliFailure>(() => node.MembersAsync(default));
        Assert.Contains("no node answers at", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--server", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 200, "its answer is no JSON")]
    [InlineData("<html>", 200, "its answer is no JSON")]
    [InlineData("null", 200, "its answer is no JSON")]
    [InlineData("{}", 200, "no part in 'members'")]
    [InlineData("[]", 200, "no part in 'members'")]
    [InlineData("""{"members": {"name": 1}}""", 200, "another shape")]
    [InlineData("<html>", 502, "502 Bad Gateway")]
    [InlineData("""{"message": "so it is"}""", 409, "so it is")]
    [InlineData("""{"message": 5}""", 409, "409 Conflict")]
    [InlineData("""{"message": ""}""", 404, "404 Not Found")]
    public async Task An_answer_of_another_kind_is_told_in_words(string answer, int code, string said)
    {
        await using var fake = await FakeNode.StartAsync(_ => new Answer(answer, code));
        using var node = new NodeClient(fake.Url);
        var failure = await Assert.ThrowsAsync<CliFailure>(() => node.MembersAsync(default));
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"message": "no", "details": {"causes": [{"message": "first"}, {"message": "last"}]}}""", "last")]
    [InlineData("""{"message": "no", "details": {"causes": []}}""", "no")]
    [InlineData("""{"message": "no", "details": {"causes": ["text"]}}""", "no")]
    [InlineData("""{"message": "no"}""", "no")]
    [InlineData("<html>", "Too Many Requests")]
    public async Task A_refusal_is_an_answer_with_its_last_cause(string answer, string said)
    {
        await using var fake = await FakeNode.StartAsync(_ => new Answer(answer, 429));
        using var node = new NodeClient(fake.Url);
        var refusal = await node.TryPostAsync("x", new JsonObject(), default);
        Assert.Equal(HttpStatusCode.TooManyRequests, refusal!.Value.Code);
        Assert.EndsWith(said, refusal.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_no_failure_where_one_looks_for_it()
    {
        await using var fake = await FakeNode.StartAsync(asked => asked.Path == "/there" ? new Answer("{}") : new Answer("{}", 404));
        using var node = new NodeClient(fake.Url);
        Assert.NotNull(await node.FindAsync("there", default));
        Assert.Null(await node.FindAsync("not-there", default));
    }

    /// <summary>Every verb, not only its client: a stranger's answer is no fault of ours.</summary>
    [Theory]
    [InlineData("members")]
    [InlineData("voters")]
    [InlineData("top")]
    [InlineData("why pod")]
    [InlineData("drain node")]
    public async Task A_stranger_makes_no_verb_fail_as_a_bug_would(string verb)
    {
        const string Mixed = """{"items": [{}], "pods": [{}], "voters": [5], "state": "Alive", "members": 5}""";
        foreach (var answer in (string[])["{}", "[]", "5", "null", Mixed])
        {
            await using var fake = await FakeNode.StartAsync(_ => new Answer(answer));
            var run = await VerbRun.RunAsync(fake.Url, verb.Split(' '));
            Assert.Equal(1, run.ExitCode);
            Assert.DoesNotContain("a bug in Gossip", run.Error, StringComparison.Ordinal);
        }
    }
}
