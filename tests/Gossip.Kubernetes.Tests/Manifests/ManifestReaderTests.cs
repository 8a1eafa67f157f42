using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Tests.Manifests;

public class ManifestReaderTests
{
    [Fact]
    public void Empty_documents_are_skipped_and_the_rest_keep_their_numbers()
    {
        var set = ManifestReader.Read("a.yaml", "---\n# nothing\n---\nkind: A\n---\n---\nkind: B\n");
        Assert.Empty(set.Faults);
        Assert.Equal([("A", 2), ("B", 4)], set.Manifests.Select(one => (one.Kind, one.Document)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("---\n---\n")]
    [InlineData("# only a comment\n")]
    public void An_input_of_nothing_is_no_fault_of_the_reader(string text) =>
        Assert.Equivalent((0, 0), (ManifestReader.Read("a", text).Manifests.Length, ManifestReader.Read("a", text).Faults.Length));

    [Theory]
    [InlineData("kind: List\nitems:\n- kind: A\n- kind: B\n")]
    [InlineData("""{"kind":"PodList","items":[{"kind":"A"},{"kind":"B"}]}""")]
    [InlineData("""{"kind":"A"} {"kind":"B"}""")]
    [InlineData("kind: List\nitems:\n- kind: A\n- kind: List\n  items:\n  - kind: B\n")]
    public void Lists_are_taken_apart(string text) =>
        Assert.Equal(["A", "B"], ManifestReader.Read("a", text).Manifests.Select(one => one.Kind));

    [Theory]
    [InlineData("1.50", "1.50")]
    [InlineData("1e3", "1e3")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("0644", "420")]
    [InlineData("0x1F", "31")]
    [InlineData("1_000", "1000")]
    [InlineData(".5", "0.5")]
    [InlineData("+7", "7")]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("~", "null")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("2026-01-01", "\"2026-01-01\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("'1'", "\"1\"")]
    [InlineData("!!str 1", "\"1\"")]
    [InlineData("100Mi", "\"100Mi\"")]
    public void A_scalar_means_what_Kubernetes_takes_it_for_and_keeps_its_text(string yaml, string json)
    {
        // A lone dash is a list item in YAML; inside a flow it is text.
        var text = yaml == "-" ? "v: [\"-\"]" : $"v: {yaml}";
        var value = ManifestReader.Read("a", text).Manifests.Single().Root["v"];
        Assert.Equal(json, (yaml == "-" ? value![0] : value)?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", 3, 1, "appears twice")]
    [InlineData("{\"a\": 1,\n \"a\": 2}", 2, 2, "appears twice")]
    [InlineData("a: [1, 2\nb: 3\n", 1, 0, "not YAML")]
    [InlineData("a:\n  - b\n c: d\n", 3, 0, "not YAML")]
    [InlineData("{\"a\": }", 1, 0, "not JSON")]
    [InlineData("a: *nobody\n", 1, 4, "no anchor")]
    [InlineData("a: .nan\n", 1, 4, "JSON cannot write")]
    [InlineData("- 1\n- 2\n", 1, 1, "not an object")]
    [InlineData("a: !evil x\n", 1, 4, "tag")]
    public void What_cannot_be_read_is_said_with_its_place(string text, int line, int column, string message)
    {
        var fault = Assert.Single(ManifestReader.Read("bad.yaml", text).Faults);
        Assert.Equal(line, fault.At.Line);
        if (column > 0) Assert.Equal(column, fault.At.Column);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith($"bad.yaml:{line}:", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_and_merge_keys_are_spelled_out()
    {
        var root = ManifestReader.Read("a", "base: &b {x: 1, y: 2}\nsame: *b\nmore:\n  <<: *b\n  y: 3\n").Manifests.Single().Root;
        Assert.True(JsonNode.DeepEquals(root["base"], root["same"]));
        Assert.Equal("""{"y":3,"x":1}""", root["more"]!.ToJsonString());
    }

    [Fact]
    public void A_billion_laughs_is_refused_before_it_is_laughed()
    {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i =>
            $"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Contains("aliases spelled out", Assert.Single(ManifestReader.Read("a", text).Faults).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void Depth_is_bounded(string open)
    {
        var fault = Assert.Single(ManifestReader.Read("a", "{\"k\":" + string.Concat(Enumerable.Repeat(open, 100_000))).Faults);
        Assert.Equal(FaultReason.Malformed, fault.Reason);
        Assert.NotEmpty(ManifestReader.Read("a", "k: " + string.Concat(Enumerable.Repeat("[", 10_000))).Faults);
    }

    [Fact]
    public void Bytes_that_are_not_text_are_a_fault() =>
        Assert.NotEmpty(ManifestReader.Read("a", new byte[] { (byte)'a', (byte)':', 0xff, 0xfe }).Faults);

    [Property(MaxTest = 300)]
    public bool Nothing_that_is_read_makes_it_throw(string? text, bool json)
    {
        ManifestReader.Read("a", (json ? "{" : "k: ") + text);
        return true;
    }
}
