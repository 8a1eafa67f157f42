using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Sealing;

namespace Gossip.Node.Tests.Hosting;

public sealed class GossipOptionsTests
{
    static string Faults(Action<GossipOptions> spoil)
    {
        var options = new GossipOptions { Keyring = Keyring.Generate() };
        spoil(options);
        return new GossipOptionsCheck().Validate(null, options).FailureMessage ?? "";
    }

    [Fact]
    public void The_defaults_need_only_a_key()
    {
        Assert.Equal("", Faults(_ => { }));
        Assert.Contains("Keyring: needed", Faults(options => options.Keyring = null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Node")]
    [InlineData("-a")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    public void A_name_that_is_no_label_is_refused(string name) =>
        Assert.Contains("Name: ", Faults(options => options.Name = name), StringComparison.Ordinal);

    [Theory]
    [InlineData("disk", "ssd", "")]
    [InlineData("example.com/disk", "", "")]
    [InlineData("a b", "c", "Labels: 'a b=c' is not a label")]
    [InlineData("a", "b c", "Labels: 'a=b c' is not a label")]
    [InlineData("", "b", "Labels: '=b' is not a label")]
    public void Labels_and_taints_are_checked(string key, string value, string fault)
    {
        Assert.StartsWith(fault, Faults(options => options.Labels[key] = value), StringComparison.Ordinal);
        var ofTaint = fault.Length == 0 ? "" : $"Taints: '{key}={value}' has no key and value of a label";
        Assert.Equal(ofTaint, Faults(options => options.Taints.Add(new Taint(key, value, TaintEffect.NoSchedule))));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("node:")]
    [InlineData(":7946")]
    [InlineData("node:70000")]
    [InlineData("node:0")]
    public void A_seed_that_is_no_host_and_port_is_refused(string seed) =>
        Assert.Contains($"Seeds: '{seed}'", Faults(options => options.Seeds.Add(seed)), StringComparison.Ordinal);

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var faults = Faults(options =>
        {
            options.Port = 70000;
            options.Advertise = "here";
            options.ApiUrl = "nowhere";
            options.Resources = Resources.Zero with { Cpu = new MilliCpu(-1) };
            options.AddWorkload("Mailer", -1, (_, _) => Task.CompletedTask);
            options.Scheduling.Weight("no-such", 1);
        });
        Assert.All(["Port: ", "Advertise: ", "ApiUrl: ", "Resources: ", "Workloads: ", "Scheduling: there is no score 'no-such'; there are least-allocated, "], field => Assert.Contains(field, faults, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Build_Box.example.com", "build-box")]
    [InlineData("---", "node")]
    [InlineData("plain", "plain")]
    public void A_machine_name_becomes_a_label(string machine, string label) => Assert.Equal(label, MachineFacts.ToLabel(machine));
}
