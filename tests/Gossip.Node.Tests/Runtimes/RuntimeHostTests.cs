using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Node.Runtimes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gossip.Node.Tests.Runtimes;

public sealed class RuntimeHostTests
{
    static PodRun Pod(int ordinal) => new(new PodId(new Uid(1, 1), ordinal, 7), Epoch.First);

    readonly ScriptedRuntime runtime = new();
    readonly PodReports reports = new();
    readonly RuntimeHost host;

    public RuntimeHostTests() => host = new RuntimeHost([runtime], reports, NullLogger.Instance);

    [Fact]
    public async Task Survivors_are_reported_before_anything_else()
    {
        var adopting = host.AdoptAsync(default);
        runtime.Reports!.Report(new PodStopped(Pod(1))); // an adopted pod that ends meanwhile
        host.Perform(new StopPod(Pod(2), "scripted", TimeSpan.Zero));
        Assert.Empty(runtime.Begun);
        runtime.MayAdopt.SetResult();
        await adopting;

        Assert.IsType<PodsSurvived>(await reports.NextAsync());
        PodReport[] others = [await reports.NextAsync(), await reports.NextAsync()];
        Assert.Contains(new PodStopped(Pod(1)), others);
        Assert.Contains(new PodStopped(Pod(2)), others);
    }

    [Fact]
    public async Task What_pods_use_is_measured_again_and_again()
    {
        var low = new DiskRoom(new Bytes(1), new Bytes(1000)); // every second
        runtime.Use = new RuntimeUse(low, [new PodUse(Pod(1), new Bytes(7), [], 2)]);
        await BeginAsync();
        for (var look = 0; look < 2; look++)
        {
            var used = Assert.IsType<MachineUsed>(await reports.NextAsync());
            Assert.Equal(("scripted", runtime.Use), (used.Runtime, used.Use));
            Assert.NotEqual(0, used.Processes.Most);
        }
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_container_waits_for_its_own_commands_and_not_for_its_neighbours()
    {
        await BeginAsync();
        Start("slow", 0);
        Stop("slow", 0);
        Start("quick", 0);
        Start("quick", 1);
        runtime.Let("start quick 0", "start quick 1");
        await runtime.DoneAsync("start quick 1");
        Assert.DoesNotContain("stop slow 0", runtime.Begun);
        Assert.Equal(["start quick 0", "start quick 1"], runtime.Begun.Where(what => what.Contains("quick", StringComparison.Ordinal)));

        runtime.Let("start slow 0", "stop slow 0");
        await runtime.DoneAsync("stop slow 0");
    }

    [Fact]
    public async Task What_is_for_the_whole_pod_comes_after_all_before_it_and_before_all_behind_it()
    {
        await BeginAsync();
        Start("a", 0);
        Start("b", 0);
        host.Perform(new UpdateFiles(Pod(1), "scripted", []));
        Start("a", 1);
        runtime.Let("start a 0");
        await runtime.DoneAsync("start a 0");
        Assert.DoesNotContain("files", runtime.Begun);

        runtime.Let("start b 0");
        await runtime.BegunAsync("files");
        Assert.DoesNotContain("start a 1", runtime.Begun);
        runtime.Let("files", "start a 1");
        await runtime.DoneAsync("start a 1");
    }

    [Fact]
    public async Task Other_pods_are_not_waited_for()
    {
        await BeginAsync();
        Start("main", 0);
        host.Perform(new StopPod(Pod(2), "scripted", TimeSpan.Zero));
        Assert.Equal(new PodStopped(Pod(2)), await reports.NextAsync());
    }

    [Fact]
    public async Task A_stop_ends_the_starts_that_are_under_way_and_skips_those_that_wait()
    {
        await BeginAsync();
        Start("main", 0); // nobody lets it: a pull that takes minutes
        Start("main", 1);
        await runtime.BegunAsync("start main 0");
        host.Perform(new StopPod(Pod(1), "scripted", TimeSpan.Zero));

        Assert.Equal(new PodStopped(Pod(1)), await reports.NextAsync());
        Assert.Equal(["start main 0", "stop 1"], runtime.Begun);
    }

    [Fact]
    public async Task A_probe_waits_for_nothing()
    {
        await BeginAsync();
        Start("main", 0);
        runtime.Let("exec main");
        var probe = new RunAction(Pod(1), "scripted", "main", 0, ActionPurpose.Liveness, new ExecAction(["true"]), "", TimeSpan.FromSeconds(30));
        host.Perform(probe);
        Assert.Equal(new ActionEnded(Pod(1), "main", 0, ActionPurpose.Liveness, true, ""), await reports.NextAsync());
    }

    [Fact]
    public async Task While_its_engine_is_away_a_runtime_gets_no_commands_and_nothing_is_said_to_have_stopped()
    {
        await BeginAsync();
        Start("main", 0);
        Start("main", 1);
        await runtime.BegunAsync("start main 0");
        runtime.Reports!.Report(new RuntimeLost("scripted", "the engine is gone"));
        Assert.IsType<RuntimeLost>(await reports.NextAsync());
        runtime.Let("start main 0");

        var untold = Assert.IsType<ContainerNotStarted>(await reports.NextAsync());
        Assert.Equal((1, "RuntimeLost", "the engine is gone"), (untold.Attempt, untold.Reason, untold.Message));
        host.Perform(new StopPod(Pod(1), "scripted", TimeSpan.Zero));
        host.Perform(new PreparePod(Pod(2), "scripted", null!, []));
        Assert.Equal(new PodFailed(Pod(2), "RuntimeLost", "the engine is gone"), await reports.NextAsync());

        runtime.Reports.Report(new RuntimeReturned("scripted", []));
        Assert.IsType<RuntimeReturned>(await reports.NextAsync());
        host.Perform(new StopPod(Pod(1), "scripted", TimeSpan.Zero));
        Assert.Equal(new PodStopped(Pod(1)), await reports.NextAsync());
        Assert.Equal(["start main 0", "stop 1"], runtime.Begun);
    }

    [Fact]
    public async Task A_runtime_that_throws_fails_its_pod_and_nothing_else()
    {
        await BeginAsync();
        host.Perform(new PreparePod(Pod(1), "scripted", null!, []));
        Assert.Equal(new PodFailed(Pod(1), "RuntimeError", "broken on purpose"), await reports.NextAsync());
    }

    [Fact]
    public async Task A_runtime_that_this_node_lacks_fails_the_pod_by_name()
    {
        await BeginAsync();
        host.Perform(new PreparePod(Pod(1), "wasm", null!, []));
        Assert.Contains("wasm", Assert.IsType<PodFailed>(await reports.NextAsync()).Message, StringComparison.Ordinal);
        host.Perform(new StopPod(Pod(1), "wasm", TimeSpan.Zero));
        Assert.Equal(new PodStopped(Pod(1)), await reports.NextAsync());
    }

    [Fact]
    public async Task Everything_that_was_prepared_or_adopted_can_be_stopped_at_once()
    {
        await BeginAsync();
        runtime.Let("start main 0");
        host.Perform(new StartContainer(Pod(1), "scripted", ContainerStart.Bare("main", 0)));
        host.Perform(new StartContainer(Pod(2), "scripted", ContainerStart.Bare("main", 0)));
        host.Perform(new StopPod(Pod(2), "scripted", TimeSpan.Zero));
        await host.StopAllAsync();
        Assert.Equal(["stop 1", "stop 2"], runtime.Begun.Where(what => what.StartsWith("stop", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    async Task BeginAsync()
    {
        runtime.MayAdopt.SetResult();
        await host.AdoptAsync(default);
        Assert.IsType<PodsSurvived>(await reports.NextAsync());
    }

    void Start(string container, int attempt) => host.Perform(new StartContainer(Pod(1), "scripted", ContainerStart.Bare(container, attempt)));
    void Stop(string container, int attempt) => host.Perform(new StopContainer(Pod(1), "scripted", container, attempt, TimeSpan.Zero));
}
