using Gossip.Core.Model;
using Gossip.Core.Ports;
using Gossip.Runtimes.Docker;
using Gossip.Tests.Engines;

namespace Gossip.Runtimes.Tests.Docker;

/// <summary>The whole contract on a container engine.</summary>
public abstract class EngineContract(TestEngine engine, string? obstacle) : PodProcessContract
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("gossip-docker-").FullName;
    protected virtual string EngineName => RuntimeNames.Docker;

    public override ValueTask InitializeAsync()
    {
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        return base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (obstacle is null) await base.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected override IPodRuntime Create() => new DockerRuntime(new DockerRuntimeOptions(Folder, NodeId.Of("node-1"), engine.Endpoint, "127.0.0.1")
    {
        Name = EngineName,
        VolumeInterval = TimeSpan.FromMilliseconds(200),
    });

    protected override ContainerSpec Shell(string name, string script) =>
        new(name, TestImage.Tools, ["/bin/sh", "-c", script], [], [], "", [], Resources.Zero, Resources.Zero);
}

[Collection(DockerCollection.Name)]
public sealed class DockerContractTests(DockerFixture fixture) : EngineContract(fixture.Engine, DockerEngine.Obstacle);
