using Docker.DotNet.Models;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Volumes;
using ContainerSpec = Gossip.Core.Templates.ContainerSpec;
using Resources = Gossip.Core.Primitives.Resources;

namespace Gossip.Runtimes.Docker.Tests;

/// <summary>What the engine is asked for; that it keeps it, the contract shows.</summary>
public sealed class RecipeTests
{
    static readonly DockerRuntimeOptions Options = new("/data", NodeId.Of("node-1"), new Uri("unix:///nobody"), "127.0.0.1");
    static readonly ContainerLabels ContainerLabels = new("n", "/data");

    [Fact]
    public void Memory_comes_without_swap_and_requests_as_shares()
    {
        var host = Of(Spec() with
        {
            Limits = Resources.Zero with { Cpu = new MilliCpu(1500), Memory = new Bytes(64 << 20) },
            Requests = Resources.Zero with { Cpu = new MilliCpu(500) },
        }).HostConfig!;

        Assert.Equal((64L << 20, 64L << 20, 1_500_000_000L, 512L), (host.Memory, host.MemorySwap, host.NanoCPUs, host.CPUShares));
        Assert.Equal(PodTemplate.DefaultPidsLimit, host.PidsLimit);
    }

    [Theory]
    [InlineData(null, null, "", "")]
    [InlineData(null, null, "app", "")]
    [InlineData(1000L, null, "app", "1000")]
    [InlineData(1000L, 2000L, "app", "1000:2000")]
    [InlineData(null, 2000L, "", "0:2000")]
    [InlineData(null, 2000L, "app:app", "app:2000")]
    public void A_user_is_the_manifest_s_before_the_image_s(long? user, long? group, string ofImage, string expected) =>
        Assert.Equal(expected, Of(Spec() with { Security = new SecuritySettings { RunAsUser = user, RunAsGroup = group } }, ofImage).User);

    [Theory]
    [InlineData(null, "", false)]
    [InlineData(null, "root", false)]
    [InlineData(null, "0:5", false)]
    [InlineData(null, "app", false)] // who that is, only the image's files know
    [InlineData(0L, "1000", false)]
    [InlineData(null, "1000", true)]
    [InlineData(7L, "", true)]
    public void Who_must_not_be_root_is_checked_before_the_start(long? user, string ofImage, bool fine)
    {
        var spec = Spec() with { Security = new SecuritySettings { RunAsNonRoot = true, RunAsUser = user } };
        if (fine) Of(spec, ofImage);
        else Assert.Equal("CreateContainerConfigError", Assert.Throws<NotStarted>(() => Of(spec, ofImage)).Reason);
    }

    [Fact]
    public void Host_ports_are_the_pause_container_s_and_none_where_the_host_s_network_is()
    {
        var launch = Launch(
            Spec() with { Ports = [new ContainerPort("", 80, 8080, PortProtocol.Tcp), new ContainerPort("", 53, 5353, PortProtocol.Udp), new ContainerPort("", 81, 0, PortProtocol.Tcp)] },
            Spec("other") with { Ports = [new ContainerPort("", 80, 8081, PortProtocol.Tcp)] });
        var bindings = Recipe.Pause(launch, "run", ContainerLabels, Options).HostConfig!.PortBindings!;
        var onHost = Recipe.Pause(launch with { Template = launch.Template with { HostNetwork = true } }, "run", ContainerLabels, Options);

        Assert.Equal(["53/udp", "80/tcp"], bindings.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["8080", "8081"], bindings["80/tcp"].Select(binding => binding.HostPort));
        Assert.Equal(("host", 0), (onHost.HostConfig!.NetworkMode, onHost.HostConfig.PortBindings!.Count));
    }

    static ContainerSpec Spec(string name = "main") => new(name, "image", [], [], [], "", [], Resources.Zero, Resources.Zero);

    static PodLaunch Launch(params ContainerSpec[] containers) => new(
        new PodRun(new PodId(new Uid(1, 1), 0, 1), Epoch.First), "web", "default", "uid", "node-1",
        new PodTemplate(1, Labels.Empty, Labels.Empty, [.. containers], Resources.Zero, Labels.Empty, [], [], "", "", PodRestartPolicy.Always, TimeSpan.Zero, null));

    static CreateContainerParameters Of(ContainerSpec spec, string imageUser = "")
    {
        var launch = Launch(spec);
        var image = new ImageInspectResponse { Config = new DockerOCIImageConfig { User = imageUser } };
        return Recipe.Container(launch, spec, ContainerStart.Bare("main", 0), image, new PodVolumes(new PodFolder("/data/run"), launch.Template), "pause", "run", ContainerLabels, Options);
    }
}
