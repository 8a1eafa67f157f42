using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Tests.Scheduling;

namespace Gossip.Core.Tests.Pods;

/// <summary>One admitted pod of a template of the test's, whose runtime the test plays; what the runtime is told reads as short words.</summary>
sealed class LifeDesk
{
    public LifeDesk(string spec, string annotations = "{}", bool prepared = true, params SurvivingPod[] survivors)
    {
        TestNode = new TestNode(rank: 3, template: Template(spec, annotations)).Start(survivors).Sync();
        Run = TestNode.Run;
        TestNode.Hear(TestNode.Others[0], new Ask(1, Run));
        TestNode.Hear(TestNode.Others[0], new Award(1, Run, new Victory(9, 2)));
        if (!prepared) return;
        Says("prepare");
        Prepared();
    }

    public TestNode TestNode { get; }
    public PodRun Run { get; }
    public AdmissionStatus Status => TestNode.Own.Status;
    public ContainerState this[string container] => Status.Containers.Single(state => state.Name == container);

    public static string Template(string spec, string annotations = "{}") =>
        $$$"""{"metadata":{"labels":{"app":"hello"},"annotations":{{{annotations}}}},"spec":{"runtimeClassName":"process",{{{spec}}}}}""";

    /// <summary>Every command since the last look is one of these, in this order.</summary>
    public void Says(params string[] expected)
    {
        Assert.Equal(expected, TestNode.Commands.Select(Words));
        TestNode.Commands.Clear();
    }

    public LifeDesk Prepared()
    {
        TestNode.Report(new PodPrepared(Run, "127.0.0.9"));
        return this;
    }

    public void Started(string container, int attempt = 0) => TestNode.Report(new ContainerStarted(Run, container, attempt, TestNode.Now.Wall));
    public void Exited(string container, int code, int attempt = 0) => TestNode.Report(new ContainerExited(Run, container, attempt, code, "", "", TestNode.Now.Wall));
    public void NotStarted(string container, string reason, int attempt = 0) =>
        TestNode.Report(new ContainerNotStarted(Run, container, attempt, reason, "says the engine", TestNode.Now.Wall));
    public void Acted(ActionPurpose purpose, string container, bool passed, int attempt = 0) =>
        TestNode.Report(new ActionEnded(Run, container, attempt, purpose, passed, passed ? "" : "says no"));

    public void Pass(double seconds) => TestNode.Pass(TimeSpan.FromSeconds(seconds));

    /// <summary>A user deletes the workload, with so many seconds of grace or the pod's own.</summary>
    public void Delete(string? grace = null)
    {
        if (grace is null) TestNode.Remove(TestNode.Workload);
        else TestNode.Write(TestNode.Workload, Core.Replication.Fields.Deleting, grace);
    }

    static string Words(PodCommand command) => command switch
    {
        PreparePod => "prepare",
        StartContainer start => $"start {start.Start.Container}/{start.Start.Attempt}",
        StopContainer stop => $"stop {stop.Container}/{stop.Attempt} {Seconds(stop.Grace)}",
        RunAction act => $"{act.Purpose} {act.Container}/{act.Attempt}",
        StopPod stop => $"free {Seconds(stop.Grace)}",
        _ => command.ToString(),
    };

    static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###s", CultureInfo.InvariantCulture);
}
