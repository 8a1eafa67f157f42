using Gossip.Tests.Engines;

namespace Gossip.Runtimes.Docker.Tests;

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
