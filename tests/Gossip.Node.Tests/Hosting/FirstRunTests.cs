using System.Net;
using System.Net.Sockets;
using Gossip.Cli.Demo;
using Gossip.Core.Membership;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Tests.Hosting;

/// <summary>What somebody meets who has just added the package.</summary>
public sealed class FirstRunTests
{
    static Socket Taken(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen();
        return socket;
    }

    [Fact]
    public async Task A_port_that_was_set_and_is_taken_fails_the_start_with_the_option()
    {
        await using var cluster = new TestCluster();
        using var taken = Taken(0);
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var fault = await Assert.ThrowsAsync<GossipStartException>(() => cluster.StartAsync("a", options => options.Port = port));
        Assert.Equal("Port", fault.Option);
        Assert.Contains($"{port}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_fails_the_start_with_the_option()
    {
        await using var cluster = new TestCluster();
        Assert.Equal("BindAddress",
            (await Assert.ThrowsAsync<GossipStartException>(() => cluster.StartAsync("a", options => options.BindAddress = "192.0.2.1")))
                .Option);
    }

    [Fact]
    public async Task Two_hosts_of_one_machine_with_nothing_set_but_the_key_find_each_other()
    {
        await using var cluster = new TestCluster();
        var usual = FreePorts.Take();
        void Nothing(GossipOptions options)
        {
            options.Name = options.BindAddress = null;
            options.Port = null;
            options.UsualPort = usual;
            options.Seeds.Clear();
        }
        var first = await cluster.StartAsync("", Nothing);
        var second = await cluster.StartAsync("", Nothing);
        Assert.Equal(usual, first.Address.Port);
        Assert.NotEqual(usual, second.Address.Port);
        Assert.Equal($"{first.Name}-{second.Address.Port}", second.Name);
        foreach (var node in new[] { first, second })
            await TestCluster.UntilAsync(node, view => view.Nodes.Count(seen => seen.Member.IsLive) == 2);
    }

    [Fact]
    public async Task Another_program_on_the_usual_port_costs_nothing_but_a_line_in_the_log()
    {
        await using var cluster = new TestCluster();
        await using var others = new TestCluster();
        var usual = FreePorts.Take();
        await others.StartAsync("x", options => options.Port = usual);
        var copies = new Copies();
        await cluster.StartAsync("a", options =>
        {
            (options.Port, options.UsualPort) = (null, usual);
            options.AddWorkload("mailer", 1, copies.RunAsync);
        });
        await copies.UntilAsync(now => now.Count == 1);
        await cluster.Log.AwaitAsync(line =>
            line.Level == LogLevel.Information && line.Text.Contains("is no node of this cluster", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_was_told_nothing_listens_on_the_loopback_only_and_says_so()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", options => options.BindAddress = null);
        Assert.StartsWith("127.0.0.1:", node.Address.ToString(), StringComparison.Ordinal);
        Assert.Contains(cluster.Log.Lines, line => line.Text.Contains("set BindAddress to 0.0.0.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_with_seeds_listens_on_every_address()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", options => options.BindAddress = "0.0.0.0");
        var second = await cluster.StartAsync("b", options => options.BindAddress = null);
        Assert.DoesNotContain(cluster.Log.Lines, line => line.Text.Contains("only this machine can reach", StringComparison.Ordinal));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse("127.0.0.2"), second.Address.Port); // not the address that it advertises
        await TestCluster.UntilAsync(first, view => view.Nodes.Count(seen => seen.Member.IsLive) == 2);
    }

    [Fact]
    public async Task A_second_AddGossip_adds_to_the_first()
    {
        var (one, two) = (new Copies(), new Copies());
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddGossip(options =>
        {
            (options.Name, options.Keyring, options.Port, options.Timings) = ("both",
                Gossip.Node.Sealing.Keyring.Generate(), 0, NodeTimings.Local);
            options.AddWorkload("one", 1, one.RunAsync);
        });
        builder.Services.AddGossip(options => options.AddWorkload("two", 1, two.RunAsync));
        using var host = builder.Build();
        await host.StartAsync();
        foreach (var copies in new[] { one, two }) await copies.UntilAsync(now => now.Count == 1);
        await host.StopAsync();
        Assert.Equal((0, 0), (one.Count, two.Count));
    }

    [Fact]
    public async Task A_workload_that_throws_at_once_and_for_ever_does_not_end_its_host()
    {
        var stopped = false;
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddGossip(options =>
        {
            (options.Name, options.Keyring, options.Port, options.Timings) = ("a",
                Gossip.Node.Sealing.Keyring.Generate(), 0, NodeTimings.Local);
            options.AddWorkload("bad", 1, (_, _) => throw new InvalidOperationException("no mail today"));
            options.AddWorkload("worse", 1, (_, stop) =>
            {
                stop.Register(() => throw new InvalidOperationException("not even an end"));
                return Task.Delay(Timeout.Infinite, stop);
            });
        });
        using var host = builder.Build();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopped = true);
        await host.StartAsync();
        var gossip = host.Services.GetRequiredService<IGossip>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var state in gossip.WatchAsync(patience.Token))
            if (state.Workloads.Any(workload =>
                workload.Name == "bad" && workload.Running.Any(copy => copy.Waiting.Contains("CrashLoopBackOff", StringComparison.Ordinal)))
                && state.Workloads.Any(workload => workload is { Name: "worse", Ready: 1 })) break;
        Assert.False(stopped);
        await host.StopAsync();
    }
}
