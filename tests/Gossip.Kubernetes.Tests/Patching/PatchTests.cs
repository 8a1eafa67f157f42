using System.Text;
using System.Text.Json.Nodes;
using Gossip.Kubernetes.Patching;
using k8s.Models;

namespace Gossip.Kubernetes.Tests.Patching;

/// <summary>The three kinds of patches, alone.</summary>
public class PatchTests
{
    static JsonObject Object(string json) => (JsonObject)JsonNode.Parse(json)!;

    static void Same(string expected, JsonNode? got) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), got), $"wanted {expected}\n   got {got?.ToJsonString()}");

    [Theory]
    [InlineData("""{"a":[1,2]}""", """[{"op":"add","path":"/a/1","value":9}]""", """{"a":[1,9,2]}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/-","value":2}]""", """{"a":[1,2]}""")]
    [InlineData(
        """{"a":{"b/c":1,"~":2}}""", """[{"op":"replace","path":"/a/b~1c","value":3},{"op":"remove","path":"/a/~0"}]""",
        """{"a":{"b/c":3}}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"replace","path":"/a/1","value":null}]""", """{"a":[1,null,3]}""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/a","path":"/b"},{"op":"copy","from":"/b","path":"/c"}]""", """{"b":1,"c":1}""")]
    [InlineData("""{"a":1.50}""", """[{"op":"test","path":"/a","value":1.5}]""", """{"a":1.50}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    public void A_json_patch_does_what_its_operations_say(string target, string patch, string expected) =>
        Same(expected, JsonPatch.Apply(Object(target), JsonNode.Parse(patch)!.AsArray()));

    [Theory]
    [InlineData("""[{"op":"remove","path":"/none"}]""", false)]
    [InlineData("""[{"op":"replace","path":"/none","value":1}]""", false)]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""", false)]
    [InlineData("""[{"op":"add","path":"/l/9","value":1}]""", false)]
    [InlineData("""[{"op":"add","path":"/l/01","value":1}]""", false)]
    [InlineData("""[{"op":"add","path":"/a/b","value":1}]""", false)]
    [InlineData("""[{"op":"move","from":"/o","path":"/o/p"}]""", false)]
    [InlineData("""[{"op":"replace","path":"","value":3}]""", false)]
    [InlineData("""[{"op":"remove","path":""}]""", false)]
    [InlineData("""[{"op":"add","path":"a","value":1}]""", true)]
    [InlineData("""[{"op":"add","path":"/a"}]""", true)]
    [InlineData("""[{"op":"swap","path":"/a"}]""", true)]
    [InlineData("""[3]""", true)]
    public void A_json_patch_that_does_not_fit_is_told_from_one_that_is_none(string patch, bool isMalformed)
    {
        var target = Object("""{"a":1,"l":[1],"o":{}}""");
        Assert.Equal(isMalformed, Assert.Throws<BadPatch>(() => JsonPatch.Apply(target, JsonNode.Parse(patch)!.AsArray())).IsMalformed);
    }

    /// <summary>Sixty doublings would fill any memory.</summary>
    [Fact]
    public void Copies_into_themselves_are_bounded()
    {
        var patch = new JsonArray([.. Enumerable.Range(0, 60).Select(_ => JsonNode.Parse("""{"op":"copy","from":"/a","path":"/a/-"}"""))]);
        Assert.Contains(
            "the copies of one patch", Assert.Throws<BadPatch>(() => JsonPatch.Apply(Object("""{"a":[1]}"""), patch)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Three operations a level: what recurses into the outcome would exhaust its stack.</summary>
    [Theory]
    [InlineData("""{"op":"copy","from":"/m","path":"/c"}""")]
    [InlineData(null)]
    public void Moves_nest_nothing_deeper_than_an_object_may_be(string? last)
    {
        var patch = new JsonArray();
        for (var level = 0; level < 3_000; level++)
            foreach (var operation in (string[])[
                """{"op":"add","path":"/n","value":{}}""", """{"op":"move","from":"/m","path":"/n/m"}""",
                """{"op":"move","from":"/n","path":"/m"}"""])
                patch.Add(JsonNode.Parse(operation));
        if (last is not null) patch.Add(JsonNode.Parse(last));
        Assert.False(Assert.Throws<BadPatch>(() => JsonPatch.Apply(Object("""{"m":{}}"""), patch)).IsMalformed);
    }

    /// <summary>A megabyte of short items, laid over as many others: with a search for each it took minutes of a processor.</summary>
    [Fact(Timeout = 60_000)] // a guard against a hang: it takes a second
    public async Task Long_lists_merge_in_time_that_grows_with_their_length()
    {
        static JsonArray Items(string letter) =>
            new([.. Enumerable.Range(0, 60_000).Select(i => (JsonNode)new JsonObject { ["name"] = $"{letter}{i}" })]);
        static JsonArray Values(string letter) => new([.. Enumerable.Range(0, 60_000).Select(i => (JsonNode)$"{letter}{i}")]);
        var got = new JsonObject
        {
            ["spec"] = new JsonObject { ["containers"] = Items("a") }, ["metadata"] = new JsonObject { ["finalizers"] = Values("a") },
        };
        var patch = new JsonObject
        {
            ["spec"] = new JsonObject { ["containers"] = Items("b") },
            ["metadata"] = new JsonObject { ["finalizers"] = Values("b"), ["$deleteFromPrimitiveList/finalizers"] = Values("a") },
        };
        await Task.Run(() => StrategicMergePatch.Apply(got, patch, typeof(V1Pod)), TestContext.Current.CancellationToken);
        Assert.Equal((120_000, 60_000), (got["spec"]!["containers"]!.AsArray().Count, got["metadata"]!["finalizers"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("""{"a":{"b":1,"c":2},"d":[1]}""", """{"a":{"b":null},"d":[2]}""", """{"a":{"c":2},"d":[2]}""")]
    [InlineData("""{"a":1}""", """{"a":{"b":{"c":null}}}""", """{"a":{"b":{}}}""")]
    [InlineData("""{"a":1}""", """{"$patch":"x"}""", """{"a":1,"$patch":"x"}""")]
    public void A_merge_patch_merges_objects_and_replaces_the_rest(string target, string patch, string expected)
    {
        var got = Object(target);
        MergePatch.Apply(got, Object(patch));
        Same(expected, got);
    }

    [Theory]
    // containers merge by name, their env too, their args are replaced
    [InlineData(
        """{"containers":[{"name":"a","image":"1","args":["x"],"env":[{"name":"k","value":"v"}]},{"name":"b"}]}""",
        """{"containers":[{"name":"a","image":"2","args":["y"],"env":[{"name":"l"}]}]}""",
        """{"containers":[{"name":"a","image":"2","args":["y"],"env":[{"name":"k","value":"v"},{"name":"l"}]},{"name":"b"}]}""")]
    [InlineData(
        """{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"a","$patch":"delete"},{"name":"c"}]}""",
        """{"containers":[{"name":"b"},{"name":"c"}]}""")]
    [InlineData(
        """{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"$patch":"replace"},{"name":"c"}]}""",
        """{"containers":[{"name":"c"}]}""")]
    // the server's own item stays where it was between those that are ordered
    [InlineData(
        """{"containers":[{"name":"own"},{"name":"a"},{"name":"b"}]}""",
        """{"$setElementOrder/containers":[{"name":"b"},{"name":"c"},{"name":"a"}],"containers":[{"name":"c"}]}""",
        """{"containers":[{"name":"own"},{"name":"b"},{"name":"c"},{"name":"a"}]}""")]
    [InlineData(
        """{"containers":[{"name":"a"},{"name":"b"}]}""", """{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}""",
        """{"containers":[{"name":"b"},{"name":"a"}]}""")]
    // a volume changes its source
    [InlineData(
        """{"volumes":[{"name":"v","emptyDir":{}}]}""",
        """{"volumes":[{"$retainKeys":["name","configMap"],"name":"v","configMap":{"name":"c"}}]}""",
        """{"volumes":[{"name":"v","configMap":{"name":"c"}}]}""")]
    [InlineData("""{"tolerations":[{"key":"a"}]}""", """{"tolerations":[{"key":"b"}]}""", """{"tolerations":[{"key":"b"}]}""")]
    [InlineData("""{"nodeSelector":{"a":"1"}}""", """{"nodeSelector":{"$patch":"replace","b":"2"}}""", """{"nodeSelector":{"b":"2"}}""")]
    [InlineData("""{"nodeSelector":{"a":"1"}}""", """{"nodeSelector":{"a":null}}""", """{"nodeSelector":{}}""")]
    [InlineData("""{"future":[{"name":"a"}]}""", """{"future":[{"name":"b"}]}""", """{"future":[{"name":"b"}]}""")]
    public void A_strategic_patch_knows_the_lists_of_pods(string target, string patch, string expected)
    {
        var got = Object(target);
        StrategicMergePatch.Apply(got, Object(patch), typeof(V1PodSpec));
        Same(expected, got);
    }

    [Fact]
    public void Sets_of_plain_values_gain_and_lose_single_ones()
    {
        var got = Object("""{"metadata":{"finalizers":["a","b"]}}""");
        StrategicMergePatch.Apply(
            got, Object("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"finalizers":["c","b"]}}"""), typeof(V1Pod));
        Same("""{"metadata":{"finalizers":["b","c"]}}""", got);
    }

    [Theory]
    [InlineData("""{"containers":[{"image":"x"}]}""")]
    [InlineData("""{"containers":[1]}""")]
    [InlineData("""{"$patch":"other"}""")]
    [InlineData("""{"$retainKeys":1}""")]
    [InlineData("""{"$setElementOrder/containers":1}""")]
    [InlineData("""{"$deleteFromPrimitiveList/containers":1}""")]
    public void A_strategic_patch_that_cannot_be_is_refused(string patch) =>
        Assert.Throws<BadPatch>(
            () => StrategicMergePatch.Apply(Object("""{"containers":[{"name":"a"}]}"""), Object(patch), typeof(V1PodSpec)));

    [Theory]
    [InlineData("[", "application/json-patch+json")]
    [InlineData("{}", "application/json-patch+json")]
    [InlineData("[][]", "application/json-patch+json")]
    [InlineData("[]", "application/merge-patch+json")]
    [InlineData("{}{}", "application/merge-patch+json")]
    [InlineData("", "application/strategic-merge-patch+json")]
    public void What_is_no_patch_of_its_type_is_refused(string body, string type) =>
        Assert.True(Assert.Throws<BadPatch>(() => Patcher.Read(Encoding.UTF8.GetBytes(body), type)).IsMalformed);
}
