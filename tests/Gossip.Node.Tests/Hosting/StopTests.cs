using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Tests.Hosting;

/// <summary>A host's stop ends, within its grace; and nobody starts a copy before the one here has ended.</summary>
public sealed class StopTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("gossip-stop-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Code_that_ignores_its_token_is_given_up_within_the_grace()
    {
        await using var cluster = new TestCluster();
        using var never = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = await cluster.StartAsync("a", options =>
        {
            options.LeaveWithin = TimeSpan.FromSeconds(3);
            options.AddWorkload("deaf", 1, (_, _) =>
            {
                begun.SetResult();
                never.Wait(CancellationToken.None);
                return Task.CompletedTask;
            });
        });
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var watch = Stopwatch.StartNew();
        await node.StopAsync(default);
        Assert.InRange(watch.Elapsed.TotalSeconds, 2, 8); // 3 s, and what a busy machine takes beside it; without an end it was never
        Assert.Contains(cluster.Log.Lines, line =>
            line is { Category: "Gossip.Workload.deaf", Level: LogLevel.Error }
                && line.Text.Contains("given up", StringComparison.Ordinal));
        never.Set();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_next_run_starts_after_the_clean_up_and_then_at_once(bool hasFolder)
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var cleanUp = TimeSpan.FromSeconds(2);
        void Configure(GossipOptions options) =>
            options.AddWorkload("mailer", 2, (context, stop) => copies.RunAsync(context, stop, cleanUp));
        var a = await cluster.StartAsync("a", options =>
        {
            if (hasFolder) options.DataFolder = folder;
            Configure(options);
        });
        await cluster.StartAsync("b", Configure);
        await copies.UntilAsync(now => now.ByNode.Count == 2 && now.Count == 2);
        var watch = Stopwatch.StartNew();
        var stopping = a.StopAsync(default);
        await copies.UntilAsync(now => now.ByNode.GetValueOrDefault("b") == 2);
        Assert.Equal(0, copies.Overlaps);
        // the clean-up, an auction, and what a busy machine takes beside them; 5 s more before
        Assert.InRange(watch.Elapsed.TotalSeconds, 2, 6);
        await stopping;
        Assert.DoesNotContain("a", copies.ByNode.Keys);
    }

    [Fact]
    public async Task A_host_alone_stops_as_soon_as_its_code_has_ended()
    {
        await using var cluster = new TestCluster();
        var copies = new Copies();
        var node = await cluster.StartAsync("a", options => options.AddWorkload("mailer", 3, copies.RunAsync));
        await copies.UntilAsync(now => now.Count == 3);
        var watch = Stopwatch.StartNew();
        await node.StopAsync(default);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 5); // far from its ten seconds
        Assert.Equal(0, copies.Count);
    }
}
