using System.Text.Json.Nodes;
using Gossip.Kubernetes.Kinds;
using Gossip.Kubernetes.Tests.Api;
using Gossip.Kubernetes.Tests.Fakes;
using Gossip.Kubernetes.Watching;

namespace Gossip.Kubernetes.Tests.Watching;

/// <summary>What a client that follows objects is told.</summary>
public class WatchTests
{
    const string Maps = "/api/v1/namespaces/default/configmaps", Table = "application/json;as=Table;v=v1;g=meta.k8s.io";

    static string Map(string name, string labels = "{}") => $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}}}}""";

    static async Task<string> CreateAsync(ServedCluster served, string name, string labels = "{}") =>
        (string)(await served.PostAsync(Maps, Map(name, labels))).Body["metadata"]!["resourceVersion"]!;

    static async Task LabelAsync(ServedCluster served, string name, string labels) => Assert.Equal(
        200,
        (int)(await served.SendAsync(
            HttpMethod.Patch, $"{Maps}/{name}", $$$"""{"metadata":{"labels":{{{labels}}}}}""", "application/merge-patch+json")).Code);

    static async Task<string> VersionAsync(ServedCluster served, string path = Maps) =>
        (string)(await served.GetAsync(path)).Body["metadata"]!["resourceVersion"]!;

    [Theory]
    [InlineData("")]
    [InlineData("&resourceVersion=0")]
    public async Task Begins_with_what_is_there_and_goes_on_with_what_happens(string from)
    {
        await using var served = await ServedCluster.StartAsync();
        await CreateAsync(served, "a");
        using var watch = await OpenWatch.StartAsync(served, $"{Maps}?watch=1{from}");
        Assert.Equal("ADDED a", await watch.TellAsync());
        await CreateAsync(served, "b");
        Assert.Equal("ADDED b", await watch.TellAsync());
        await LabelAsync(served, "a", """{"x":"y"}""");
        Assert.Equal("MODIFIED a", await watch.TellAsync());
        await served.SendAsync(HttpMethod.Delete, $"{Maps}/b");
        Assert.Equal("DELETED b", await watch.TellAsync());
    }

    [Fact]
    public async Task Resumes_after_the_version_of_any_list_object_or_event_and_misses_nothing()
    {
        await using var served = await ServedCluster.StartAsync();
        var listed = await VersionAsync(served);
        var second = "";
        foreach (var name in (string[])["a", "b", "c"])
        {
            var version = await CreateAsync(served, name);
            if (name == "b") second = version;
        }
        using var all = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&resourceVersion={listed}");
        JsonNode? last = null;
        foreach (var name in (string[])["a", "b", "c"])
        {
            last = await all.NextAsync();
            Assert.Equal(("ADDED", name), ((string)last!["type"]!, (string)last["object"]!["metadata"]!["name"]!));
        }
        using var rest = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&resourceVersion={second}");
        Assert.Equal("ADDED c", await rest.TellAsync());
        await served.SendAsync(HttpMethod.Delete, $"{Maps}/a");
        var ended = (string)last!["object"]!["metadata"]!["resourceVersion"]!;
        using var end = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&resourceVersion={ended}");
        var gone = (await end.NextAsync())!;
        Assert.Equal("DELETED", (string)gone["type"]!);
        Assert.NotEqual(ended, (string)gone["object"]!["metadata"]!["resourceVersion"]!);
    }

    [Fact]
    public async Task An_object_that_leaves_the_selection_is_deleted_and_one_that_enters_is_added()
    {
        await using var served = await ServedCluster.StartAsync();
        await CreateAsync(served, "a", """{"tier":"front"}""");
        using var labels = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&labelSelector=tier%3Dfront");
        using var name = await OpenWatch.StartAsync(served, $"/api/v1/configmaps?watch=1&fieldSelector=metadata.name%3Db");
        Assert.Equal("ADDED a", await labels.TellAsync());
        await LabelAsync(served, "a", """{"tier":"back"}""");
        Assert.Equal("DELETED a", await labels.TellAsync());
        await CreateAsync(served, "b");
        Assert.Equal("ADDED b", await name.TellAsync());
        await LabelAsync(served, "b", """{"tier":"front"}""");
        Assert.Equal(("ADDED b", "MODIFIED b"), (await labels.TellAsync(), await name.TellAsync()));
    }

    /// <summary>Nothing is written to a Deployment when one of its pods becomes ready: its status follows.</summary>
    [Fact]
    public async Task A_status_that_follows_from_other_objects_is_a_change()
    {
        await using var served = await ServedCluster.StartAsync();
        const string path = "/apis/apps/v1/namespaces/default/deployments";
        await served.PostAsync(path, """
            {"metadata":{"name":"web"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"w"}},
            "template":{"metadata":{"labels":{"app":"w"}},
            "spec":{"runtimeClassName":"process","containers":[{"name":"c","image":"i","command":["i"]}]}}}}
            """);
        var before = await VersionAsync(served, $"{path}/web");
        using var watch = await OpenWatch.StartAsync(served, $"{path}?watch=1&resourceVersion={await VersionAsync(served, path)}");
        served.Cluster.Tells = status => status with { Ready = false };
        var told = (await watch.NextAsync())!;
        Assert.Equal(
            ("MODIFIED", 0), ((string)told["type"]!, (int)told["object"]!["status"]!["readyReplicas"]!));
        var after = (string)told["object"]!["metadata"]!["resourceVersion"]!;
        Assert.NotEqual(before, after);
        Assert.Equal(after, await VersionAsync(served, $"{path}/web"));
    }

    [Fact]
    public async Task A_version_of_another_life_or_kind_or_of_long_ago_is_expired()
    {
        await using var served = await ServedCluster.StartAsync();
        await using var other = await ServedCluster.StartAsync();
        var listed = await VersionAsync(served);
        for (var i = 0; i <= KindHistory.ChangesMax; i++)
        {
            await CreateAsync(served, "a");
            await served.SendAsync(HttpMethod.Delete, $"{Maps}/a");
        }
        foreach (var version in (string[])[listed, await VersionAsync(other), await VersionAsync(served, "/api/v1/pods"), "17"])
        {
            using var watch = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&resourceVersion={version}");
            var told = (await watch.NextAsync())!;
            Assert.Equal(
                ("ERROR", 410, "Expired"), ((string)told["type"]!, (int)told["object"]!["code"]!, (string)told["object"]!["reason"]!));
            Assert.Null(await watch.NextAsync());
        }
        Assert.Equal(410, (int)(await served.GetAsync($"{Maps}?resourceVersion={await VersionAsync(other)}")).Code);
        using var now = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&resourceVersion={await VersionAsync(served)}");
        await CreateAsync(served, "b");
        Assert.Equal("ADDED b", await now.TellAsync());
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark_that_says_so()
    {
        await using var served = await ServedCluster.StartAsync();
        await CreateAsync(served, "a");
        const string asked = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
        foreach (var accept in (string?[])[null, Table, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"])
        {
            using var watch = await OpenWatch.StartAsync(served, $"{Maps}?{asked}", accept);
            var (added, mark) = ((await watch.NextAsync())!, (await watch.NextAsync())!);
            Assert.Equal(("ADDED", "BOOKMARK"), ((string)added["type"]!, (string)mark["type"]!));
            var said = accept == Table ? mark["object"]!["rows"]![0]!["object"]! : mark["object"]!;
            Assert.Equal("true", (string?)said["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
            Assert.Equal(await VersionAsync(served), (string?)said["metadata"]!["resourceVersion"]);
        }
        using var none = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
        await CreateAsync(served, "b");
        Assert.Equal("ADDED b", await none.TellAsync());
    }

    [Theory]
    [InlineData("resourceVersion=x", 400)]
    [InlineData("resourceVersion=-1", 400)]
    [InlineData("timeoutSeconds=x", 400)]
    [InlineData("labelSelector=%3D", 400)]
    [InlineData("fieldSelector=spec.x%3Dy", 400)]
    [InlineData("sendInitialEvents=true", 422)]
    [InlineData("resourceVersion=0&resourceVersionMatch=NotOlderThan", 422)]
    public async Task A_watch_that_cannot_be_is_refused_before_it_begins(string query, int code)
    {
        await using var served = await ServedCluster.StartAsync();
        var (got, status) = await served.GetAsync($"{Maps}?watch=1&{query}");
        Assert.Equal((code, "Status"), ((int)got, (string?)status["kind"]));
    }

    [Fact]
    public async Task Ends_by_itself_after_its_seconds_and_lets_go_of_clients_that_are_gone()
    {
        await using var served = await ServedCluster.StartAsync();
        using (var watch = await OpenWatch.StartAsync(served, $"{Maps}?watch=1&timeoutSeconds=1")) Assert.Null(await watch.NextAsync());
        var history = served.Api.Histories.Of(ConfigMapKind.Instance);
        for (var i = 0; i < 3; i++)
        {
            using var watch = await OpenWatch.StartAsync(served, $"{Maps}?watch=1");
            Assert.Equal(1, history.Watchers);
            watch.Dispose();
            for (var patience = 0; history.Watchers > 0 && patience < 400; patience++) await Task.Delay(25);
            Assert.Equal(0, history.Watchers);
        }
    }

    /// <summary>It holds no events: all that waits for it is what its connection buffers.</summary>
    [Fact]
    public async Task A_client_that_never_reads_is_cut_off()
    {
        await using var served = await ServedCluster.StartAsync();
        served.Api.Histories.ReadWithin = TimeSpan.FromMilliseconds(300);
        using var client = new System.Net.Sockets.TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync("127.0.0.1", served.Http.BaseAddress!.Port);
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"GET {Maps}?watch=1 HTTP/1.1\r\nHost: localhost:{served.Http.BaseAddress.Port}\r\n\r\n"));
        var history = served.Api.Histories.Of(ConfigMapKind.Instance);
        for (var patience = 0; history.Watchers == 0 && patience < 400; patience++) await Task.Delay(25);
        Assert.Equal(1, history.Watchers);
        var text = new string('x', 500_000);
        for (var i = 0; history.Watchers > 0 && i < 100; i++)
        {
            await served.PostAsync(Maps, $$$"""{"metadata":{"name":"big-{{{i}}}"},"data":{"a":"{{{text}}}"}}""");
            await Task.Delay(20);
        }
        Assert.Equal(0, history.Watchers);
    }

    [Fact]
    public async Task Every_kind_is_watched_as_json_table_and_metadata()
    {
        await using var served = await ServedCluster.StartAsync(
            new FakeCluster().WithNode("n1", "process").WithEvent(new("Node", "", "n1"), "NodeReady", "it is"));
        foreach (var kind in ServedKinds.All)
            foreach (var accept in (string[])["application/json", Table, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"])
            {
                var here = (await served.GetAsync($"/{kind.Root}/{kind.Plural}")).Body["items"]!.AsArray();
                using var watch = await OpenWatch.StartAsync(served, $"/{kind.Root}/{kind.Plural}?watch=1&timeoutSeconds=1", accept);
                foreach (var item in here)
                {
                    var told = (await watch.NextAsync())!["object"]!;
                    var metadata = (accept == Table ? told["rows"]![0]!["object"]! : told)["metadata"]!;
                    Assert.Equal((string)item!["metadata"]!["name"]!, (string)metadata["name"]!);
                }
            }
    }
}
