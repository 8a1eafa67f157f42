using System.Text;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

public class DeviceReaderTests
{
    static PodTemplate? Read(string amounts, string annotations, out string problem)
    {
        var json = """{"metadata":{"annotations":{ANNOTATIONS}},"spec":{"runtimeClassName":"process","containers":[{"name":"a","command":["a"],"resources":{"limits":{AMOUNTS}}}]}}"""
            .Replace("ANNOTATIONS", annotations, StringComparison.Ordinal).Replace("AMOUNTS", amounts, StringComparison.Ordinal);
        var template = PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var found);
        problem = template is null ? found.ToString() : "";
        return template;
    }

    [Theory]
    [InlineData("\"gossip.dev/gpu\":2", "", "2 whole gpu")]
    [InlineData("\"gossip.dev/gpu-milli\":300", "", "300/1000 of one gpu")]
    [InlineData("\"gossip.dev/gpu-milli\":1000", "", "1 whole gpu")]
    [InlineData("\"gossip.dev/npu\":\"1\"", "\"gossip.dev/npu-model\":\"B|A|B\"", "1 whole npu of A|B")]
    public void Devices_are_asked_for_as_extended_resources(string amounts, string annotations, string asked)
    {
        var template = Read(amounts, annotations, out var problem);
        Assert.Equal("", problem);
        Assert.Equal(asked, template!.Device!.ToString());
        Assert.Empty(template.Requests.Extended);
    }

    [Fact]
    public void Any_other_extended_resource_stays_a_plain_one()
    {
        var template = Read("\"nvidia.com/gpu\":2", "", out _)!;
        Assert.Null(template.Device);
        Assert.Equal(2, template.Requests.CountOf("nvidia.com/gpu"));
    }

    [Theory]
    [InlineData("\"gossip.dev/gpu-milli\":1001", "", "a share is of one device, at most 1000; ask for whole ones with gossip.dev/gpu")]
    [InlineData("\"gossip.dev/gpu-milli\":1,\"gossip.dev/gpu\":1", "", "a pod has whole devices or a share of one")]
    [InlineData("\"gossip.dev/gpu\":1,\"gossip.dev/fpga\":1", "", "a pod has devices of one kind, and this one asks for gpu as well")]
    [InlineData("\"gossip.dev/gpu\":65", "", "is 65: a node has at most 64")]
    [InlineData("\"gossip.dev/gpu\":1", "\"gossip.dev/gpu-model\":\"A||B\"", "metadata.annotations[gossip.dev/gpu-model]: \"A||B\" is not a model")]
    public void What_no_device_could_give_is_refused_by_name(string amounts, string annotations, string why)
    {
        Assert.Null(Read(amounts, annotations, out var problem));
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }
}
