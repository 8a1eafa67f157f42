using System.Text;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

/// <summary>What pod affinity, spread constraints and gates may not say, by the field that is to blame.</summary>
public class PlacementReaderTests
{
    const string Anti = "spec.affinity.podAntiAffinity.";
    const string Required = "requiredDuringSchedulingIgnoredDuringExecution", Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static TheoryData<string, string> Refused => new()
    {
        { AntiOf(Required, "{}"), $"{Anti}{Required}[0].topologyKey" },
        { AntiOf(Required, """{"topologyKey":"zone","labelSelector":{"app":"web"}}"""), $"{Anti}{Required}[0].labelSelector" },
        { AntiOf(Required, """{"topologyKey":"zone","labelSelector":{"matchExpressions":[{"key":"a","operator":"Gt","values":["1"]}]}}"""), $"{Anti}{Required}[0].labelSelector" },
        { AntiOf(Required, """{"topologyKey":"zone","matchLabelKeys":["a"]}"""), $"{Anti}{Required}[0].matchLabelKeys" },
        { AntiOf(Required, """{"topologyKey":"zone","namespaceSelector":{"matchExpressions":[{"key":"team","operator":"Gt","values":["1"]}]}}"""), $"{Anti}{Required}[0].namespaceSelector" },
        { AntiOf(Preferred, """{"weight":0,"podAffinityTerm":{"topologyKey":"zone"}}"""), $"{Anti}{Preferred}[0].weight" },
        { AntiOf(Preferred, """{"weight":1}"""), $"{Anti}{Preferred}[0].podAffinityTerm" },
        { SpreadOf("""{"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}"""), "spec.topologySpreadConstraints[0].maxSkew" },
        { SpreadOf("""{"maxSkew":0,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}"""), "spec.topologySpreadConstraints[0].maxSkew" },
        { SpreadOf("""{"maxSkew":1,"topologyKey":"zone"}"""), "spec.topologySpreadConstraints[0].whenUnsatisfiable" },
        { SpreadOf("""{"maxSkew":1,"whenUnsatisfiable":"DoNotSchedule"}"""), "spec.topologySpreadConstraints[0].topologyKey" },
        { SpreadOf("""{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"ScheduleAnyway","minDomains":2}"""), "spec.topologySpreadConstraints[0].minDomains" },
        { SpreadOf("""{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","nodeTaintsPolicy":"Obey"}"""), "spec.topologySpreadConstraints[0].nodeTaintsPolicy" },
        { SpreadOf("""{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"},{"maxSkew":2,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}"""), "spec.topologySpreadConstraints[1]" },
        { Gates("""{"name":"a"},{"name":"a"}"""), "spec.schedulingGates[1].name" },
        { Gates("{}"), "spec.schedulingGates[0].name" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_would_be_misunderstood_is_refused_by_its_field(string spec, string field)
    {
        var json = $$"""{"spec":{"containers":[{"name":"a","image":"a"}],{{spec}} } }""";
        Assert.Null(PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.StartsWith(field, problem.Field, StringComparison.Ordinal);
    }

    static string AntiOf(string kind, string term) => $$"""
        "affinity":{"podAntiAffinity":{"{{kind}}":[{{term}}]} }
        """;

    static string SpreadOf(string constraints) => $"\"topologySpreadConstraints\":[{constraints}]";

    static string Gates(string gates) => $"\"schedulingGates\":[{gates}]";
}
