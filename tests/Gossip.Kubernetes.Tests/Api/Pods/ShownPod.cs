using System.Net;
using System.Text;
using Gossip.Core.Membership;
using Gossip.Kubernetes.Api;
using Gossip.Node;
using Gossip.Node.Sealing;
using Microsoft.Extensions.Options;

namespace Gossip.Kubernetes.Tests.Api.Pods;

/// <summary>
/// A real node with its API, and one pod on it, named web, whose container main does as a test says. One for all tests of a class: a pod
/// takes a while.
/// </summary>
public sealed class ShownPod : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // a bound for broken code, not a measure
    const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},
         "spec":{"runtimeClassName":"process","containers":[{"name":"main","command":["it"]}]}}
        """;

    GossipNode node = null!;
    ApiServer server = null!;

    internal ShownRuntime Runtime { get; } = new();
    public HttpClient Http { get; } = new() { Timeout = Patience };
    public Uri Url => server.Url;

    public async ValueTask InitializeAsync()
    {
        var options = new GossipOptions
        {
            Name = "n1",
            Keyring = Keyring.Generate(),
            Port = 0,
            Timings = NodeTimings.Local,
        };
        options.Runtimes.Add(_ => Runtime);
        node = new GossipNode(Options.Create(options));
        await node.StartAsync(default);
        server = await ApiServer.StartAsync(new KubernetesApi(node.AskAsync, pods: () => node.Pods));
        Http.BaseAddress = server.Url;
        using var created =
            await Http.PostAsync("api/v1/namespaces/default/pods", new StringContent(Pod, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using var patience = new CancellationTokenSource(Patience);
        for (ulong version = 0; ;)
        {
            var view = await node.ChangesSinceAsync(version, patience.Token);
            if (view.Pods.Any(pod => pod.Ready)) break;
            version = view.Version;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await server.DisposeAsync();
        await node.DisposeAsync();
    }
}
