using System.Text;
using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

public class PodTemplateReaderTests
{
    const string Full = """
        {"metadata":{"labels":{"app":"hello"},"annotations":{"gossip.dev/loss-grace":"500ms"}},
         "spec":{"runtimeClassName":"process","nodeSelector":{"disk":"ssd"},"restartPolicy":"OnFailure","terminationGracePeriodSeconds":3,
          "tolerations":[{"key":"gpu","operator":"Equal","value":"true","effect":"NoSchedule"},{"operator":"Exists"}],
          "containers":[
           {"name":"web","image":"hello:1","command":["serve"],"args":["--port","80"],"workingDir":"/tmp",
            "env":[{"name":"A","value":"1"},{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}},{"name":"S","valueFrom":{"secretKeyRef":{"name":"x","key":"y"}}}],
            "ports":[{"name":"http","containerPort":80,"hostPort":8080},{"containerPort":53,"hostPort":53,"protocol":"UDP"}],
            "resources":{"requests":{"cpu":"250m","example.com/fpga":2},"limits":{"cpu":"1","memory":"64Mi","example.com/fpga":2}}},
           {"name":"log","resources":{"requests":{"cpu":0.5,"ephemeral-storage":"1Gi"}},"somethingNew":{"x":1}}]}}
        """;

    static PodTemplate Read(string json)
    {
        var template = PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem);
        Assert.True(template is not null, problem.ToString());
        return template;
    }

    static TemplateProblem Refused(string json)
    {
        Assert.Null(PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem));
        return problem;
    }

    static string WithContainer(string container) => """{"spec":{"containers":[""" + container + "]}}";

    [Fact]
    public void Everything_that_placing_and_starting_need_is_read()
    {
        var template = Read(Full);
        Assert.Equal("hello", template.Labels["app"]);
        Assert.Equal(TimeSpan.FromMilliseconds(500), template.LossGrace);
        Assert.Equal("ssd", template.NodeSelector["disk"]);
        Assert.Equal((RuntimeNames.Process, PodRestartPolicy.OnFailure, TimeSpan.FromSeconds(3)),
            (template.RuntimeClass, template.RestartPolicy, template.TerminationGrace));
        Assert.Equal([new Toleration("gpu", false, "true", TaintEffect.NoSchedule), new Toleration("", true, "", null)], template.Tolerations);
        Assert.Equal([new HostPort(53, PortProtocol.Udp), new HostPort(8080, PortProtocol.Tcp)], template.HostPorts);
        Assert.Equal(new Resources(new MilliCpu(750), new Bytes(64 << 20), new Bytes(1 << 30), 1, [new ExtendedResource("example.com/fpga", 2)]), template.Requests);
        var web = template.Containers[0];
        Assert.Equal(["serve"], web.Command);
        Assert.Equal(["--port", "80"], web.Args);
        Assert.Equal([new EnvironmentVariable("A", "1", null), new EnvironmentVariable("IP", "", "status.podIP"),
            new EnvironmentVariable("S", "", null) { Key = new ConfigKey(new ConfigRef(true, "x", false), "y") }], web.Environment);
        Assert.Equal(new ContainerPort("http", 80, 8080, PortProtocol.Tcp), web.Ports[0]);
        Assert.Equal(1000, web.Limits.Cpu.Value);
        Assert.Equal("/tmp", web.WorkingDirectory);
    }

    [Fact]
    public void Defaults_are_those_of_Kubernetes()
    {
        var template = Read(WithContainer("""{"name":"a","image":"redis"}"""));
        Assert.Equal((RuntimeNames.Containers, PodRestartPolicy.Always, TimeSpan.FromSeconds(30), (TimeSpan?)null),
            (template.RuntimeClass, template.RestartPolicy, template.TerminationGrace, template.LossGrace));
        Assert.Equal(Resources.Zero with { Pods = 1 }, template.Requests);
    }

    [Theory]
    [InlineData("{", "", "JSON")]
    [InlineData("[]", "spec", "missing")]
    [InlineData("""{"spec":{}}""", "spec.containers", "missing")]
    [InlineData("""{"spec":{"containers":[]}}""", "spec.containers", "at least one")]
    [InlineData("""{"spec":{"containers":[{"image":"x"}]}}""", "spec.containers[0].name", "missing")]
    [InlineData("""{"spec":{"containers":[{"name":"a"},{"name":"a"}]}}""", "spec.containers[1].name", "twice")]
    [InlineData("""{"spec":{"containers":[{"name":"a","resources":{"requests":{"cpu":"-1"}}}]}}""", "spec.containers[0].resources.requests.cpu", "negative")]
    [InlineData("""{"spec":{"containers":[{"name":"a","resources":{"limits":{"memory":"lots"}}}]}}""", "spec.containers[0].resources.limits.memory", "not a quantity")]
    [InlineData("""{"spec":{"containers":[{"name":"a","resources":{"limits":{"a.b/c":"500m"}}}]}}""", "spec.containers[0].resources.limits.a.b/c", "whole")]
    [InlineData("""{"spec":{"containers":[{"name":"a","ports":[{"containerPort":70000}]}]}}""", "spec.containers[0].ports[0].containerPort", "not a port")]
    [InlineData("""{"spec":{"restartPolicy":"Sometimes","containers":[{"name":"a"}]}}""", "spec.restartPolicy", "neither")]
    [InlineData("""{"spec":{"terminationGracePeriodSeconds":-1,"containers":[{"name":"a"}]}}""", "spec.terminationGracePeriodSeconds", "whole number")]
    [InlineData("""{"spec":{"tolerations":[{"key":"a","effect":"Now"}],"containers":[{"name":"a"}]}}""", "spec.tolerations[0].effect", "neither")]
    [InlineData("""{"metadata":{"annotations":{"gossip.dev/loss-grace":"soon"}},"spec":{"containers":[{"name":"a"}]}}""", "metadata.annotations[gossip.dev/loss-grace]", "duration")]
    [InlineData("""{"metadata":{"annotations":{"gossip.dev/singleton":"yes"}},"spec":{"containers":[{"name":"a"}]}}""", "metadata.annotations[gossip.dev/singleton]", "neither false nor true")]
    [InlineData("""{"metadata":{"annotations":{"gossip.dev/on-heal":"best"}},"spec":{"containers":[{"name":"a"}]}}""", "metadata.annotations[gossip.dev/on-heal]", "neither oldest nor newest")]
    [InlineData("""{"metadata":{"annotations":{"gossip.dev/when-alone":""}},"spec":{"containers":[{"name":"a"}]}}""", "metadata.annotations[gossip.dev/when-alone]", "neither keep nor stop")]
    [InlineData("""{"spec":{"runtimeClassName":"in-process","volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"a","image":"mailer"}]}}""", "spec.volumes", "delegate")]
    [InlineData("""{"spec":{"containers":[{"name":"\ud800"}]}}""", "", "JSON")]
    public void What_would_be_misunderstood_is_refused_with_its_field(string json, string field, string because)
    {
        var problem = Refused(json);
        Assert.Equal(field, problem.Field);
        Assert.Contains(because, problem.Message);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("""{"spec":7,"metadata":[]}""")]
    [InlineData("""{"spec":{"containers":[7,null,{"name":7}]}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a","env":[7],"ports":7,"resources":[]}],"tolerations":{"a":1}},"metadata":{"labels":7}}""")]
    public void Nothing_makes_it_throw(string json) =>
        Assert.Null(Record.Exception(() => PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out _)));

    [Property]
    public void Damaged_templates_never_make_it_throw(int at, byte with)
    {
        var bytes = Encoding.UTF8.GetBytes(Full);
        bytes[(int)((uint)at % bytes.Length)] = with;
        var template = PodTemplateReader.TryRead(bytes, out var problem);
        Assert.Equal(template is null, problem.Message is { Length: > 0 });
    }

    [Fact]
    public void The_hash_does_not_see_order_of_keys_white_space_escapes_or_nulls()
    {
        var one = Read("""{"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"containers":[{"name":"a","image":"x"}]}}""");
        var other = Read("""{ "spec" : {"containers":[{"image":"\u0078","name":"a"}]}, "metadata":{"creationTimestamp":null,"labels":{"b":"2","a":"1"}} }""");
        Assert.Equal(one.Hash, other.Hash);
    }

    [Theory]
    [InlineData("""{"metadata":{"labels":{"a":"2"}},"spec":{"containers":[{"name":"a","image":"x"}]}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[{"name":"a","image":"y"}]}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[{"name":"a","image":"x"}],"fieldFromTheFuture":1}}""")]
    public void The_hash_sees_every_change(string other) =>
        Assert.NotEqual(Read("""{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[{"name":"a","image":"x"}]}}""").Hash, Read(other).Hash);
}
