using System.Net;

namespace Gossip.Kubernetes.Tests.Api;

public class PriorityClassApiTests
{
    const string Classes = "/apis/scheduling.k8s.io/v1/priorityclasses";

    static string Class(string name, string rest) =>
        $$"""{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"{{name}}"},{{rest}}}""";

    [Fact]
    public async Task A_class_is_created_listed_beside_the_systems_own_and_deleted()
    {
        await using var served = await ServedCluster.StartAsync();
        Assert.Equal(HttpStatusCode.Created, (await served.PostAsync(Classes, Class("high", """ "value":1000,"description":"d" """))).Code);
        var (_, list) = await served.GetAsync(Classes);
        Assert.Equal(["high 1000", "system-cluster-critical 2000000000", "system-node-critical 2000001000"],
            list["items"]!.AsArray().Select(one => $"{one!["metadata"]!["name"]} {one["value"]}"));
        Assert.Equal("PreemptLowerPriority", (string)list["items"]![0]!["preemptionPolicy"]!);
        Assert.Equal(HttpStatusCode.OK, (await served.SendAsync(HttpMethod.Delete, $"{Classes}/high")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await served.GetAsync($"{Classes}/high")).Code);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await served.SendAsync(HttpMethod.Delete, $"{Classes}/system-node-critical")).Code);
    }

    [Theory]
    [InlineData("high", """ "value":1000000001 """, "value")]
    [InlineData("high", """ "description":"no value" """, "value")]
    [InlineData("system-mine", """ "value":1 """, "metadata.name")]
    [InlineData("high", """ "value":1,"preemptionPolicy":"Perhaps" """, "preemptionPolicy")]
    public async Task What_cannot_be_meant_is_refused_with_its_field(string name, string rest, string field)
    {
        await using var served = await ServedCluster.StartAsync();
        var (code, status) = await served.PostAsync(Classes, Class(name, rest));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal(field, (string)status["details"]!["causes"]![0]!["field"]!);
    }
}
