using System.Collections.Immutable;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Ports;
using Gossip.Runtimes.Docker;
using Gossip.Tests.Engines;

namespace Gossip.Runtimes.Tests.Docker;

/// <summary>One Docker Engine for all tests that need one, started by the first of them.</summary>
public sealed class DockerFixture : IAsyncLifetime
{
    public DockerEngine Engine { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (DockerEngine.Obstacle is not null) return;
        await Engine.StartAsync();
        await Engine.Client.ImportToolsAsync();
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class DockerCollection : ICollectionFixture<DockerFixture>
{
    public const string Name = "docker";
}

[Collection(DockerCollection.Name)]
public sealed class DockerContractTests(DockerFixture fixture) : PodProcessContract
{
    readonly string folder = Directory.CreateTempSubdirectory("gossip-docker-").FullName;

    public override ValueTask InitializeAsync()
    {
        Assert.SkipWhen(DockerEngine.Obstacle is not null, DockerEngine.Obstacle ?? "");
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected override IPodRuntime Create() => new DockerRuntime(new DockerRuntimeOptions(folder, NodeId.Of("node-1"), fixture.Engine.Endpoint, "127.0.0.1"));

    ContainerSpec Shell(string name, string script) =>
        new(name, TestImage.Tools, ["/bin/sh", "-c", script], [], [], "", [], Resources.Zero, Resources.Zero);

    protected override ContainerSpec Container(string name, Behaviour behaviour) => Shell(name, behaviour switch
    {
        Behaviour.RunsUntilAsked => "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done",
        Behaviour.IgnoresBeingAsked => "trap '' TERM; echo ready; while :; do sleep 0.1; done",
        Behaviour.Succeeds => "exit 0",
        _ => $"exit {FailureCode}",
    });

    protected override async Task UntilReadyAsync(PodRun pod, string container)
    {
        while (true)
        {
            using var said = new MemoryStream();
            await Runtime.ReadLogsAsync(pod, container, new LogQuery(), said, default);
            if (said.Length > 0) return;
            await Task.Delay(10);
        }
    }
}
