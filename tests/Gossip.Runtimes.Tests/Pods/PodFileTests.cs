using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;

namespace Gossip.Runtimes.Tests.Pods;

public sealed class PodFileTests
{
    [Fact]
    public void A_launch_comes_back_from_disk_as_it_was()
    {
        var written = new PodFile("127.9.8.7", Whole());
        var path = Path.GetTempFileName();
        try
        {
            written.Write(path);
            var read = PodFile.TryRead(path)!;
            read.Write(path + ".2");

            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(path + ".2"));
            Assert.Equal((written.Ip, written.Launch.Pod, written.Launch.Uid), (read.Ip, read.Launch.Pod, read.Launch.Uid));
            var (expected, actual) = (written.Launch.Template, read.Launch.Template);
            Assert.Equal((expected.Labels, expected.Annotations, expected.NodeSelector), (actual.Labels, actual.Annotations, actual.NodeSelector));
            Assert.Equal((expected.Requests, expected.TerminationGrace, expected.LossGrace), (actual.Requests, actual.TerminationGrace, actual.LossGrace));
            Assert.Equal(expected.Tolerations, actual.Tolerations);
            Assert.Equal(expected.HostPorts, actual.HostPorts);
            Assert.Equal(expected.Containers[0].Environment, actual.Containers[0].Environment);
            Assert.Equal(expected.Containers[0].Command, actual.Containers[0].Command);
            Assert.Equal(expected.Containers[0].Ports, actual.Containers[0].Ports);
            Assert.Equal(expected.Containers[0].Limits, actual.Containers[0].Limits);
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + ".2");
        }
    }

    /// <summary>
    /// Nodes of an earlier version left such files with pods that run on. A field that changes its name or form needs a reader of
    /// the old one.
    /// </summary>
    [Fact]
    public void The_format_is_frozen()
    {
        var frozen = Path.Combine(AppContext.BaseDirectory, "Pods", "pod-file.frozen.json");
        var path = Path.GetTempFileName();
        try
        {
            new PodFile("127.9.8.7", Whole()).Write(path);
            Assert.Equal(File.ReadAllText(frozen).TrimEnd('\n'), File.ReadAllText(path));
            PodFile.TryRead(frozen)!.Write(path);
            Assert.Equal(File.ReadAllText(frozen).TrimEnd('\n'), File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void No_file_is_no_pod() => Assert.Null(PodFile.TryRead("/no/such/file"));

    static PodLaunch Whole()
    {
        var uid = new Uid(ulong.MaxValue, 7);
        var some = new Resources(new MilliCpu(250), new Bytes(1L << 30), new Bytes(5), 1, [new ExtendedResource("example.com/fpga", 2)]);
        var container = new ContainerSpec(
            "web", "nginx:1", ["sh", "-c"], ["echo \"ü\u0000\""], [new("A", "1", null), new("B", "", "metadata.name")], "/srv",
            [new ContainerPort("http", 80, 8080, PortProtocol.Udp)], some, new Resources(default, default, default, 0, default));
        var template = new PodTemplate(
            ulong.MaxValue, Labels.Of(("a", "1"), ("b", "2")), Labels.Of(("c", "")), [container], some, Labels.Of(("zone", "x")),
            [new Toleration("k", true, "", TaintEffect.NoExecute), new Toleration("", false, "v", null)],
            [new HostPort(8080, PortProtocol.Tcp)], "process", "node-1", PodRestartPolicy.OnFailure, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1.5));
        return new PodLaunch(new PodRun(new PodId(uid, 3, ulong.MaxValue), new Epoch(uint.MaxValue)), "web-0", "default", uid.ToString(), "node-1", template);
    }
}
