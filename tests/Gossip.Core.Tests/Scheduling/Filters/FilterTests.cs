using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling.Filters;

public class FilterTests
{
    static readonly Taint GpuTaint = new("gpu", "yes", TaintEffect.NoSchedule);
    static readonly PodTemplate Redis = Some.Template with
    {
        RuntimeClass = RuntimeNames.Containers,
        Containers = [Some.Template.Containers[0] with { Image = "redis:7" }],
    };
    static readonly PodTemplate Mailer = Some.Template with
    {
        RuntimeClass = RuntimeNames.InProcess,
        Containers = [Some.Template.Containers[0] with { Image = "mailer" }],
    };

    public static TheoryData<string, PodTemplate, NodeFacts, string?> Cases => new()
    {
        { "what fits", Some.Template, Some.Node, null },
        { "exactly full", Some.Template with { Requests = Some.Room(4000, 4096, 10) }, Some.Node, null },
        { "cpu", Some.Template with { Requests = Some.Room(2000) }, Some.Node with { Free = Some.Room(1500, 4096) }, "needs 2000m cpu, 1500m free" },
        { "cpu and memory", Some.Template with { Requests = Some.Room(2000, 512) }, Some.Node with { Free = Some.Room(1500, 100) }, "needs 2000m cpu, 1500m free; needs 512Mi memory, 100Mi free" },
        { "disk", Some.Template with { Requests = Some.Room() with { Disk = new Bytes(1 << 20) } }, Some.Node, "needs 1Mi disk, 0Mi free" },
        { "pod places", Some.Template, Some.Node with { Free = Some.Room(4000, 4096, 0) }, "all 10 pod places are taken" },
        { "extended", Some.Template with { Requests = Some.Room() with { Extended = [new("example.com/fpga", 2)] } }, Some.Node with { Free = Some.Room(1) with { Extended = [new("example.com/fpga", 1)] } }, "needs 2 example.com/fpga, 1 free" },
        { "a share", Gpu(1, 500), Devices(300, 500), null },
        { "too large a share", Gpu(1, 600), Devices(300, 500), "needs 600/1000 of one gpu, at most 500/1000 free on one" },
        { "whole devices", Gpu(2, 1000), Devices(1000, 500), "needs 2 whole gpu, 1 free" },
        { "another model", Gpu(1, 500, "A10", "H100"), Devices(1000), "needs 500/1000 of one gpu of A10|H100, none there" },
        { "what is not asked for may be in debt", Some.Template with { Requests = Some.Room() }, Some.Node with { Free = Some.Room(-5) }, null },
        { "a taken port", Some.Template with { HostPorts = [new(80, PortProtocol.Tcp)] }, Some.Node with { Taken = [new(80, PortProtocol.Tcp)] }, "host port 80/tcp is taken" },
        { "a port of another protocol", Some.Template with { HostPorts = [new(80, PortProtocol.Udp)] }, Some.Node with { Taken = [new(80, PortProtocol.Tcp)] }, null },
        { "a label that is there", Some.Template with { NodeSelector = Labels.Of(("zone", "a")) }, Some.Node, null },
        { "a label of another value", Some.Template with { NodeSelector = Labels.Of(("zone", "b")) }, Some.Node, "wants label zone=b, is a" },
        { "a label that is missing", Some.Template with { NodeSelector = Labels.Of(("disk", "ssd")) }, Some.Node, "wants label disk=ssd, not there" },
        { "a zone of its affinity", Some.Template with { NodeAffinity = Zone("a") }, Some.Node, null },
        { "no zone of its affinity", Some.Template with { NodeAffinity = Zone("b") }, Some.Node, "does not match node affinity zone In [b]" },
        { "a taint", Some.Template, Some.Node with { Taints = [GpuTaint] }, "taint gpu=yes:NoSchedule is not tolerated" },
        { "a taint that is tolerated", Some.Template with { Tolerations = [new("gpu", false, "yes", TaintEffect.NoSchedule)] }, Some.Node with { Taints = [GpuTaint] }, null },
        { "a taint to run", Some.Template with { Tolerations = [new("gpu", true, "", TaintEffect.NoSchedule)] }, Some.Node with { Taints = [GpuTaint with { Effect = TaintEffect.NoExecute }] }, "taint gpu=yes:NoExecute is not tolerated" },
        { "a soft taint", Some.Template, Some.Node with { Taints = [GpuTaint with { Effect = TaintEffect.PreferNoSchedule }] }, null },
        { "a cordon", Some.Template, Some.Node with { Unschedulable = true }, "node is cordoned" },
        { "a cordon that is tolerated", Some.Template with { Tolerations = [new("", true, "", null)] }, Some.Node with { Unschedulable = true }, null },
        { "no engine", Redis, Some.Node, "no runtime for image redis:7 (needs containers; has process)" },
        { "an in-process workload", Mailer, Some.Node with { Runtimes = ["in-process", "in-process/mailer"] }, null },
        { "another in-process workload", Mailer, Some.Node with { Runtimes = ["in-process", "in-process/mailer2"] }, "no in-process workload mailer in its host app" },
        { "its node", Some.Template with { NodeName = "n1" }, Some.Node, null },
        { "another node", Some.Template with { NodeName = "n2" }, Some.Node, "wants node n2" },
        { "an unready node", Some.Template with { Tolerations = [new("", true, "", null)] }, Some.Node with { Unready = "leaving" }, "node is unready: leaving" },
    };

    static PodTemplate Gpu(int count, int milli, params string[] models) => Some.Template with { Device = new DeviceRequest("gpu", count, milli, [.. models]) };

    static NodeFacts Devices(params int[] free) => Some.Node with { Free = Some.Node.Free with { Devices = new Devices([new DeviceGroup("gpu", "T4", [.. free])]) } };

    static NodeAffinity Zone(string zone) => new([new NodeTerm([new("zone", NodeOperator.In, [zone])], [])], []);

    [Theory, MemberData(nameof(Cases))]
    public void A_filter_says_why_not(string what, PodTemplate pod, NodeFacts node, string? reason)
    {
        Assert.NotEmpty(what);
        Assert.Equal(reason, Filtering.Check(pod, node).Reason);
        Assert.Equal(reason is null, Filtering.Passes(pod, node));
    }

    [Fact]
    public void A_passing_decision_allocates_nothing()
    {
        var passes = Filtering.Passes(Some.Template, Some.Node) && Scoring.Score(Some.Template, Some.Node) > 0; // the lists of both are made now
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) passes &= Filtering.Passes(Some.Template, Some.Node) && Scoring.Score(Some.Template, Some.Node) > 0;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(passes);
    }
}
