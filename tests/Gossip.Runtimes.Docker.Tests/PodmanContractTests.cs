using Gossip.Core.Templates;
using Gossip.Tests.Engines;

namespace Gossip.Runtimes.Docker.Tests;

/// <summary>One Podman for all tests that need one, started by the first of them.</summary>
public sealed class PodmanFixture : IAsyncLifetime
{
    public PodmanEngine Engine { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (PodmanEngine.Obstacle is not null) return;
        await Engine.StartAsync();
        await Engine.Client.ImportToolsAsync();
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class PodmanCollection : ICollectionFixture<PodmanFixture>
{
    public const string Name = "podman";
}

[Collection(PodmanCollection.Name)]
public sealed class PodmanContractTests(PodmanFixture fixture) : EngineContract(fixture.Engine, PodmanEngine.Obstacle)
{
    protected override string EngineName => RuntimeNames.Podman;
}
