using System.Collections.Concurrent;
using Gossip.Core.Membership;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Tests.Hosting;

/// <summary>What runs of a host app are told, and what follows when they end.</summary>
public sealed class WorkloadTests
{
    /// <summary>Of a scope: made and ended with the run.</summary>
    sealed class Postbox : IDisposable
    {
        public static int Open;
        public Postbox() => Interlocked.Increment(ref Open);
        public void Dispose() => Interlocked.Decrement(ref Open);
    }

    sealed class MailSender(Postbox box, IHostEnvironment app) : IWorkload
    {
        public static readonly ConcurrentQueue<WorkloadContext> Seen = [];

        public async Task RunAsync(WorkloadContext context, CancellationToken stop)
        {
            Assert.NotNull(box);
            Assert.NotNull(app);
            Assert.NotNull(context.Services.GetRequiredService<Postbox>());
            Seen.Enqueue(context);
            await Task.Delay(Timeout.Infinite, stop);
        }
    }

    [Fact]
    public async Task A_class_is_made_from_a_scope_for_each_run_and_told_which_copy_it_is()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddScoped<Postbox>();
        builder.Services.AddGossip(options =>
        {
            (options.Name, options.Keyring, options.Port, options.Timings) = ("a",
                Gossip.Node.Sealing.Keyring.Generate(), 0, NodeTimings.Local);
            options.AddWorkload<MailSender>(copies: 2);
        });
        using (var host = builder.Build())
        {
            await host.StartAsync();
            for (var until = DateTime.UtcNow.AddSeconds(60); MailSender.Seen.Count < 2 && DateTime.UtcNow < until;) await Task.Delay(20);
            Assert.Equal([0, 1], MailSender.Seen.Select(context => context.Ordinal).Order());
            Assert.All(MailSender.Seen, context =>
            {
                Assert.Equal(
                    ("mail-sender", 2, "a", 1L, 0), (context.Workload, context.Copies, context.Node, context.Run, context.Restarts));
                Assert.StartsWith("mail-sender-", context.PodName, StringComparison.Ordinal);
            });
            Assert.Equal(2, MailSender.Seen.Select(context => context.Services).Distinct().Count());
            Assert.Equal(2, Postbox.Open);
            await host.StopAsync();
        }
        Assert.Equal(0, Postbox.Open);
    }

    [Fact]
    public async Task An_exception_is_logged_with_its_stack_under_the_workloads_own_category_and_followed_by_another_run()
    {
        await using var cluster = new TestCluster();
        var restarts = new ConcurrentQueue<int>();
        await cluster.StartAsync("a", options =>
        {
            options.Timings = options.Timings with { RestartBackoffLeast = TimeSpan.FromMilliseconds(100) };
            options.AddWorkload("mailer", 1, (context, stop) =>
            {
                restarts.Enqueue(context.Restarts);
                return restarts.Count < 3 ? NoMailAsync() : Task.Delay(Timeout.Infinite, stop);
            });
        });
        for (var until = DateTime.UtcNow.AddSeconds(60); restarts.Count < 3 && DateTime.UtcNow < until;) await Task.Delay(20);
        Assert.Equal([0, 1, 2], restarts);
        var line = await cluster.Log.AwaitAsync(line => line is { Category: "Gossip.Workload.mailer", Level: LogLevel.Error });
        Assert.Contains(nameof(NoMailAsync), Assert.IsType<InvalidOperationException>(line.Exception).StackTrace, StringComparison.Ordinal);
    }

    static async Task NoMailAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("no mail today");
    }

    /// <summary>Counts the runs of a workload that throws at first and returns after that.</summary>
    static async Task<int> RunsAsync(RestartPolicy policy, int throws, Func<int, bool> areEnough)
    {
        await using var cluster = new TestCluster();
        var runs = 0;
        var node = await cluster.StartAsync("a", options =>
        {
            options.Timings = options.Timings with { RestartBackoffLeast = TimeSpan.FromMilliseconds(50),
                RestartBackoffMost = TimeSpan.FromMilliseconds(50) };
            options.AddWorkload("task", 1, (_, _) =>
                Interlocked.Increment(ref runs) <= throws ? NoMailAsync() : Task.CompletedTask, workload =>
                    workload.RestartPolicy = policy);
        });
        var gossip = new Gossip.Node.Cluster.NodeGossip(node);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var state in gossip.WatchAsync(patience.Token))
            if (areEnough(Volatile.Read(ref runs))
                && (policy == RestartPolicy.Always || state.Workloads.Any(workload => workload.Running.Any(copy => copy.IsDone))))
                break;
        var before = Volatile.Read(ref runs);
        await Task.Delay(300); // six back-offs: whatever would follow has followed
        return policy == RestartPolicy.Always ? before : Volatile.Read(ref runs);
    }

    [Fact]
    public async Task OnFailure_runs_again_until_it_returns() =>
        Assert.Equal(3, await RunsAsync(RestartPolicy.OnFailure, 2, runs => runs >= 3));

    [Fact]
    public async Task Once_is_once_also_when_it_throws() => Assert.Equal(1, await RunsAsync(RestartPolicy.Once, 5, runs => runs >= 1));

    [Fact]
    public async Task Always_runs_again_also_when_it_returns() =>
        Assert.InRange(await RunsAsync(RestartPolicy.Always, 0, runs => runs >= 3), 3, int.MaxValue);

    [Fact]
    public async Task What_ran_once_does_not_run_again_when_its_host_leaves()
    {
        await using var cluster = new TestCluster();
        var runs = 0;
        void Once(GossipOptions options) => options.AddWorkload("task", 1, (_, _) =>
        {
            Interlocked.Increment(ref runs);
            return NoMailAsync();
        }, workload => workload.RestartPolicy = RestartPolicy.Once);
        var a = await cluster.StartAsync("a", Once);
        var b = await cluster.StartAsync("b", Once);
        var done = await TestCluster.UntilAsync(a, view => view.Pods.Any(pod => pod.Phase == Gossip.Core.Tables.PodPhase.Succeeded));
        await TestCluster.UntilAsync(b, view => view.Pods.Any(pod => pod.Phase == Gossip.Core.Tables.PodPhase.Succeeded));
        var (leaves, stays) = done.Pods.Single().NodeName == "a" ? (a, b) : (b, a);
        await leaves.StopAsync(default);
        await TestCluster.UntilAsync(stays, view => view.Nodes.Count(node => node.Member.IsLive) == 1);
        await Task.Delay(1000); // an auction takes a fifth of that
        Assert.Equal(1, Volatile.Read(ref runs));
    }
}
