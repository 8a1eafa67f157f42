using Gossip.Core.Membership;
using Gossip.Core.Templates;
using Gossip.Node.Sealing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gossip.Node.Tests.Hosting;

/// <summary>Options from a configuration section, by our reader and by the framework's binder.</summary>
public sealed class ConfigurationTests
{
    static readonly Keyring keyring = Keyring.Generate();

    static readonly Dictionary<string, string?> all = new()
    {
        ["Gossip:Name"] = "mail-1",
        ["Gossip:Keyring"] = keyring.Reveal(),
        ["Gossip:BindAddress"] = "0.0.0.0",
        ["Gossip:Port"] = "7400",
        ["Gossip:Seeds:0"] = "10.0.0.7:7373",
        ["Gossip:Seeds:1"] = "10.0.0.8:7373",
        ["Gossip:Labels:disk"] = "ssd",
        ["Gossip:Resources"] = "cpu=2,memory=4Gi",
        ["Gossip:Timings:ProbeInterval"] = "00:00:00.5",
        ["Gossip:Deployment"] = "12",
    };

    static GossipOptions Read(Action<IServiceCollection, IConfigurationSection> add, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var services = new ServiceCollection();
        add(services,
            new ConfigurationBuilder().AddInMemoryCollection([new("Gossip:Keyring", keyring.Reveal())]).AddInMemoryCollection(settings)
                .Build().GetSection("Gossip"));
        return services.BuildServiceProvider().GetRequiredService<IOptions<GossipOptions>>().Value;
    }

    public static TheoryData<string> Ways => new("AddGossip(section)", "Configure<GossipOptions>(section)", "section.Bind(options)");

    static void Add(string way, IServiceCollection services, IConfigurationSection section)
    {
        if (way == "AddGossip(section)") services.AddGossip(section);
        else if (way == "section.Bind(options)") services.AddGossip(section.Bind);
        else services.AddGossip(_ => { }).Configure<GossipOptions>(section);
    }

    [Theory, MemberData(nameof(Ways))]
    public void Every_way_reads_addresses_keys_and_resources_from_text_and_changes_no_shared_profile(string way)
    {
        var (lan, local) = (NodeTimings.Lan with { }, NodeTimings.Local with { });
        var options = Read((services, section) => Add(way, services, section), all);
        Assert.Equal(("mail-1", "0.0.0.0", 7400, 12L), (options.Name, options.BindAddress, options.Port, options.Deployment));
        Assert.Equal(keyring.Reveal(), options.Keyring?.Reveal());
        Assert.Equal(["10.0.0.7:7373", "10.0.0.8:7373"], options.Seeds);
        Assert.Equal("ssd", options.Labels["disk"]);
        Assert.Equal((2000, 4L << 30, 110), (options.Resources.Cpu.Value, options.Resources.Memory.Value, options.Resources.Pods));
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Timings.ProbeInterval);
        Assert.Equal(lan.ProbeTimeout, options.Timings.ProbeTimeout);
        Assert.Equal(lan, NodeTimings.Lan);
        Assert.Equal(local, NodeTimings.Local);
        Assert.True(new GossipOptionsCheck().Validate(null, options).Succeeded);
    }

    [Fact]
    public void A_profile_that_was_set_in_code_is_copied_before_configuration_changes_it()
    {
        var local = NodeTimings.Local with { };
        var section = new ConfigurationBuilder().AddInMemoryCollection(all).Build().GetSection("Gossip");
        var options = new GossipOptions { Timings = NodeTimings.Local };
        section.Bind(options);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Timings.ProbeInterval);
        Assert.Equal(local, NodeTimings.Local);
    }

    [Fact]
    public void A_profile_goes_by_name_alone_or_with_single_timings_beside_it()
    {
        Assert.Equal(NodeTimings.Local, Read((services, section) => services.AddGossip(section), [new("Gossip:Timings", "Local")]).Timings);
        var both = Read((services, section) =>
            services.AddGossip(section), [new("Gossip:Timings:Profile", "local"), new("Gossip:Timings:JoinRetry", "3s")]).Timings;
        Assert.Equal(NodeTimings.Local with { JoinRetry = TimeSpan.FromSeconds(3) }, both);
    }

    [Fact]
    public void Lists_may_be_one_text_and_the_rest_is_read_as_well()
    {
        var options = Read((services, section) => services.AddGossip(section),
        [
            new("Gossip:Seeds", "a:1, b:2"), new("Gossip:Taints", "gpu=yes:NoSchedule,old:NoExecute"), new("Gossip:Resources:cpu", "500m"),
                new("Gossip:Resources:example.com/fpga", "2"),
            new("Gossip:Scheduling:Weights:spread", "5"), new("Gossip:LeaveOnStop", "true"), new("Gossip:LeaveWithin", "20s"),
                new("Gossip:Cluster", "c"),
        ]);
        Assert.Equal(["a:1", "b:2"], options.Seeds);
        Assert.Equal([new Taint("gpu", "yes", TaintEffect.NoSchedule), new Taint("old", "", TaintEffect.NoExecute)], options.Taints);
        Assert.Equal((500, 2), (options.Resources.Cpu.Value, options.Resources.CountOf("example.com/fpga")));
        Assert.Equal((true, TimeSpan.FromSeconds(20), "c"), (options.LeaveOnStop, options.LeaveWithin, options.Cluster));
        Assert.Contains(options.Scheduling.ToRules().Weights, weight => weight is { Name: "spread", Weight: 5 });
    }

    [Theory]
    [InlineData("Gossip:Prot", "7373", "Gossip:Prot: there is no such option; there are Advertise, ")]
    [InlineData("Gossip:Port", "many", "Gossip:Port: 'many' is not a whole number")]
    [InlineData("Gossip:Port", "99999999999", "Port: 2147483647 is not a port")]
    [InlineData("Gossip:Keyring", "secret", "Gossip:Keyring: keyring: key 1 is not 32 bytes in base64")]
    [InlineData("Gossip:BindAddress", "here", "BindAddress: 'here'")]
    [InlineData("Gossip:Resources", "cpu=lots", "Gossip:Resources: cpu: ")]
    [InlineData("Gossip:Resources", "gpu=1", "Gossip:Resources: gpu: there is no such resource")]
    [InlineData("Gossip:Resources", "cpu", "Gossip:Resources: 'cpu' is not NAME=QUANTITY")]
    [InlineData("Gossip:Taints", "gpu", "Gossip:Taints: 'gpu' is not key=value:NoSchedule")]
    [InlineData("Gossip:Timings", "Moon", "Gossip:Timings: there is no profile 'Moon'; there are Lan, Local")]
    [InlineData("Gossip:Timings:Prob", "1s", "Gossip:Timings: Prob: there is no such timing")]
    [InlineData("Gossip:Timings:ProbeInterval", "5", "Gossip:Timings: ProbeInterval: '5' is not a time such as 00:00:05 or 5s")]
    [InlineData("Gossip:LeaveWithin", "5", "Gossip:LeaveWithin: '5' is not a time such as 00:00:05 or 5s")]
    [InlineData("Gossip:Scheduling:Weights:no-such", "5", "Scheduling: there is no score 'no-such'")]
    public void What_cannot_be_is_named(string key, string value, string fault)
    {
        var verdict = Assert.Throws<OptionsValidationException>(() =>
            Read((services, section) => services.AddGossip(section), [new(key, value)]));
        Assert.Contains(verdict.Failures, failure => failure.StartsWith(fault, StringComparison.Ordinal));
    }
}
