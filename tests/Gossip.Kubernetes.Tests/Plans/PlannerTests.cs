using Gossip.Core.Requests;
using Gossip.Kubernetes.Manifests;
using Gossip.Kubernetes.Plans;
using Gossip.Kubernetes.Tests.Fakes;

namespace Gossip.Kubernetes.Tests.Plans;

public class PlannerTests
{
    const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: c, image: nginx, resources: {requests: {cpu: 100m, memory: 100Mi}}}]}
        """;

    static ApplyPlan Plan(string text, FakeCluster? cluster = null) =>
        Planner.Plan(ManifestReader.Read("x.yaml", text), cluster?.View());

    [Fact]
    public void Without_a_node_it_still_says_what_would_be_made()
    {
        var step = Assert.Single(Plan(Web).Steps);
        Assert.Equal((PlanAction.Create, "Deployment/default/web"), (step.Action, step.Name.ToString()));
        Assert.Equal(["3 pods x (100m cpu, 100Mi)", "needs runtime 'containers' (no node was asked)"], step.Outlook);
        Assert.IsType<CreateObject>(step.ToRequest());
    }

    [Fact]
    public void It_says_which_runtime_is_lacking()
    {
        var cluster = new FakeCluster().WithNode("n1", "process");
        Assert.Contains(
            "needs runtime 'containers', which no node has: pods will be pending", Assert.Single(Plan(Web, cluster).Steps).Outlook);
    }

    [Theory]
    [InlineData("runtimeClassName: process, nodeSelector: {disk: ssd}", "disk=ssd")]
    [InlineData("runtimeClassName: process, nodeName: n9", "'n9'")]
    [InlineData("runtimeClassName: in-process", "in-process/mailer")]
    public void It_says_what_would_keep_a_pod_pending(string spec, string expected)
    {
        var cluster = new FakeCluster().WithNode("n1", "process");
        var text =
            $"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {{{spec}, containers: [{{name: c, image: mailer, command: [x]}}]}}\n";
        Assert.Contains(Assert.Single(Plan(text, cluster).Steps).Outlook, line => line.Contains(expected, StringComparison.Ordinal)
            && line.Contains("pending", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_there_already_is_unchanged_and_what_differs_is_replaced_by_field()
    {
        var cluster = new FakeCluster();
        foreach (var step in Plan(Web, cluster).Steps) await cluster.AskAsync(step.ToRequest()!, default);
        Assert.Equal(PlanAction.Unchanged, Assert.Single(Plan(Web, cluster).Steps).Action);
        var changed = Assert.Single(Plan(Web.Replace("replicas: 3", "paused: true", StringComparison.Ordinal), cluster).Steps);
        Assert.Equal(PlanAction.Replace, changed.Action);
        Assert.Equal(["spec.paused", "spec.replicas"], changed.Changes);
    }

    [Fact]
    public void A_namespace_of_the_same_input_comes_first_and_one_of_nowhere_is_a_fault()
    {
        var inOther = Web.Replace("name: web", "name: web, namespace: shop", StringComparison.Ordinal);
        Assert.Contains("'shop' does not exist", Assert.Single(Plan(inOther, new FakeCluster()).Faults).Message, StringComparison.Ordinal);
        var both = Plan($"{inOther}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop}}\n", new FakeCluster());
        Assert.True(both.IsSound);
        Assert.Equal(["create Namespace/shop", "create Deployment/shop/web"], both.Steps.Select(step => step.ToString()));
    }

    [Fact]
    public void The_whole_plan_can_be_read_by_machines()
    {
        var json = Plan(Web.Replace("replicas: 3", "replicas: -3", StringComparison.Ordinal)).ToJson();
        Assert.Equal("spec.replicas", (string?)json["faults"]![0]!["field"]);
        Assert.Equal("create", (string?)json["steps"]![0]!["action"]);
    }

    [Fact]
    public void Every_manifest_of_the_corpus_has_a_plan_that_a_reader_believes()
    {
        Assert.SkipWhen(Corpus.Files.Count == 0, Corpus.Absent);
        var cluster = new FakeCluster().WithNode("n1", "process");
        foreach (var file in Corpus.Files)
        {
            var plan = Planner.Plan(ManifestReader.Read(file, File.ReadAllBytes(file)), cluster.View());
            Assert.True(plan.IsSound, string.Join('\n', plan.Faults));
            Assert.All(plan.Steps, step => Assert.NotEmpty(step.Outlook));
        }
    }
}
