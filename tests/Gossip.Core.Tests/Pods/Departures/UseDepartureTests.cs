using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Tests.Pods.Departures;

/// <summary>A pod leaves when it breaks a limit of its own, or when it is the one that makes its machine short.</summary>
public class UseDepartureTests
{
    const long Mi = 1 << 20;
    static readonly DiskRoom Ample = new(new Bytes(900 * Mi), new Bytes(1000 * Mi)), Low = new(new Bytes(10 * Mi), new Bytes(1000 * Mi));
    static readonly ProcessRoom Many = new(9_000, 10_000), Few = new(100, 10_000);

    static LifeDesk Running(string container = "{\"name\":\"a\"}", string volumes = "")
    {
        var life = new LifeDesk($"\"volumes\":[{volumes}],\"containers\":[{container}]");
        life.Started("a");
        life.TestNode.Commands.Clear();
        return life;
    }

    static void Uses(LifeDesk life, long disk, DiskRoom room, ProcessRoom? processes = null, int own = 1, params VolumeUse[] volumes) =>
        life.TestNode.Report(new MachineUsed(
            "process", new RuntimeUse(room, [new PodUse(life.Run, new Bytes(disk), [.. volumes], own)]), processes ?? Many));

    [Fact]
    public void A_volume_beyond_its_limit_ends_its_pod_at_once()
    {
        var life = Running(volumes: """{"name":"small","emptyDir":{"sizeLimit":"1Mi"}}""");
        Uses(life, Mi, Ample, volumes: new VolumeUse("small", new Bytes(Mi)));
        life.Says();
        Uses(life, Mi + 1, Ample, volumes: new VolumeUse("small", new Bytes(Mi + 1)));
        life.Says("free 0s");
        Assert.Equal((PodReasons.OutgrewNode, $"Usage of EmptyDir volume \"small\" exceeds the limit of {Mi} bytes."),
            (life.Status.Reason, life.Status.Message));
    }

    [Fact]
    public void A_pod_beyond_the_limit_of_its_containers_ends()
    {
        var life = Running("""{"name":"a","resources":{"limits":{"ephemeral-storage":"2Mi"}}}""");
        Uses(life, 2 * Mi, Ample);
        life.Says();
        Uses(life, 2 * Mi + 1, Ample);
        life.Says("free 0s");
    }

    [Fact]
    public void One_container_without_a_limit_leaves_the_pod_without_one()
    {
        var life = Running("""{"name":"a","resources":{"limits":{"ephemeral-storage":"2Mi"}}},{"name":"b"}""");
        Uses(life, 500 * Mi, Ample);
        life.Says();
    }

    [Fact]
    public void A_full_disk_ends_the_pod_that_uses_more_than_it_asked_for()
    {
        var life = Running();
        Uses(life, 500 * Mi, Ample);
        life.Says();
        Uses(life, 500 * Mi, Low);
        life.Says("free 0s");
        Assert.Contains("ephemeral-storage", life.Status.Message);
    }

    [Fact]
    public void A_disk_that_others_fill_ends_nobody()
    {
        var life = Running("""{"name":"a","resources":{"requests":{"ephemeral-storage":"600Mi"}}}""");
        Uses(life, 500 * Mi, Low);
        life.Says();
    }

    [Fact]
    public void Few_processes_end_the_pod_that_has_most()
    {
        var life = Running();
        Uses(life, 0, Ample, Few, own: 100);
        life.Says();
        Uses(life, 0, Ample, Few, own: 5_000);
        life.Says("free 0s");
        Assert.Contains("pids", life.Status.Message);
    }

    [Fact]
    public void A_short_machine_bids_for_nothing_and_says_why_until_it_has_more()
    {
        var life = Running("""{"name":"a","resources":{"requests":{"ephemeral-storage":"600Mi"}}}""");
        Uses(life, 0, Low);
        Assert.Equal(Pressures.Disk, life.TestNode.OwnCapacity.Pressures);
        Assert.Contains("low", life.TestNode.OwnCapacity.Unready);
        Uses(life, 0, Ample);
        Assert.Equal((Pressures.None, ""), (life.TestNode.OwnCapacity.Pressures, life.TestNode.OwnCapacity.Unready));
    }
}
