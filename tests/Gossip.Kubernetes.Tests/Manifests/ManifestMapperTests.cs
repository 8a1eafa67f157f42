using System.Text.Json.Nodes;
using Gossip.Core.Primitives;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Tests.Manifests;

public class ManifestMapperTests
{
    [Fact]
    public void Each_first_level_field_is_a_cell_of_its_own()
    {
        var root = JsonNode.Parse("""
            {"apiVersion":"v1","kind":"X","metadata":{"name":"a","uid":"u","labels":{"l":"1"},"finalizers":["f"]},
             "spec":{"replicas":3,"template":{"a":{"b":null}}},"data":{"k.1":"v"},"type":"Opaque","status":{"x":1},"empty":null}
            """)!.AsObject();
        Assert.Equal(["data.k.1", "metadata.finalizers", "metadata.labels", "spec.replicas", "spec.template", "type"],
            ManifestMapper.ToFields(root).Select(field => field.Path));
    }

    [Theory]
    [InlineData("""{"spec":{}}""")]
    [InlineData("""{"spec":{"a":{}},"data":{"x.y.z":"1"},"metadata":{"labels":{},"annotations":{"a.b/c":"d"}}}""")]
    [InlineData("""{"spec":7,"future":{"n":1.50,"deep":[[{"x":"<&>é"}]]}}""")]
    public void Nothing_is_lost_there_and_back(string json)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        var name = new ObjectName("X", "ns", "a");
        var back = ManifestMapper.ToJson(name, "v1", ManifestMapper.ToFields(root));
        var metadata = root["metadata"] as JsonObject ?? [];
        root["apiVersion"] = "v1";
        root["kind"] = "X";
        metadata["name"] = "a";
        metadata["namespace"] = "ns";
        if (metadata.Parent is null) root["metadata"] = metadata;
        Assert.True(JsonNode.DeepEquals(root, back), back.ToJsonString());
    }

    [Fact]
    public void Every_manifest_of_the_corpus_survives_with_all_its_fields()
    {
        Assert.SkipWhen(Corpus.Files.Count == 0, Corpus.Absent);
        foreach (var file in Corpus.Files)
        {
            var set = ManifestValidator.Check(ManifestReader.Read(file, File.ReadAllBytes(file)));
            Assert.Empty(set.Faults);
            Assert.Empty(set.Warnings.Where(one => one.Reason == FaultReason.UnknownField));
            Assert.NotEmpty(set.Manifests);
            foreach (var manifest in set.Manifests)
            {
                var name = ManifestValidator.NameOf(manifest)!.Value;
                var back = ManifestMapper.ToJson(name with { Namespace = "" }, manifest.ApiVersion, ManifestMapper.ToFields(manifest.Root));
                Assert.True(JsonNode.DeepEquals(manifest.Root, back), $"{file}: {back.ToJsonString()}");
            }
        }
    }
}
