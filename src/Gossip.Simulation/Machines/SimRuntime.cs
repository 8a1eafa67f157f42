using System.Globalization;
using Gossip.Core.Model;
using Gossip.Core.Pods;

namespace Gossip.Simulation.Machines;

/// <summary>What the runtime holds of one pod.</summary>
internal sealed class SimPod(PodLaunch launch, string runtime, string ip)
{
    public PodLaunch Launch => launch;
    public string Runtime => runtime;
    public string Ip => ip;
    public bool Stopping { get; set; }
    /// <summary>In the order in which they were started.</summary>
    public List<SurvivingContainer> Containers { get; } = [];
    public bool Runs => !Stopping && Containers.Count > 0 && Containers.TrueForAll(container => container.ExitCode is null);
}

/// <summary>
/// Runs the pods of one machine, and does to them what the world does: they start late, some exit, some cannot be
/// prepared. It outlives the node's process and dies with the machine. Commands are idempotent, as real runtimes'.
/// </summary>
internal sealed class SimRuntime(SimNode node, Luck luck, Sometimes sometimes)
{
    readonly Dictionary<PodRun, SimPod> pods = [];
    readonly Dictionary<PodRun, TimeSpan> busyUntil = [];
    int addresses;

    /// <summary>In the order in which they were prepared.</summary>
    public IReadOnlyDictionary<PodRun, SimPod> Pods => pods;

    public RuntimeFaults Faults { get; set; } = RuntimeFaults.None;

    /// <summary>What everything that it holds asks for: the truth about the machine, whatever the node's books say.</summary>
    public Resources Used { get; private set; } = Resources.Zero;

    public void Perform(PodCommand command)
    {
        switch (command)
        {
            case PreparePod prepare:
                Later(prepare.Pod, Faults.StartDelay, () => Prepare(prepare));
                break;
            case StartContainer start:
                Later(start.Pod, Faults.StartDelay, () => StartOne(start));
                break;
            case RunAction action:
                Later(action.Pod, Faults.StartDelay, () => node.Report(new ActionEnded(action.Pod, action.Container, action.Attempt, action.Purpose, true, "")));
                break;
            case StopContainer stop:
                Later(stop.Pod, Faults.StopDelay, () => StopOne(stop));
                break;
            case StopPod stop:
                if (pods.TryGetValue(stop.Pod, out var pod)) pod.Stopping = true;
                Later(stop.Pod, Faults.StopDelay < stop.Grace ? Faults.StopDelay : stop.Grace, () => Stop(stop));
                break;
        }
    }

    /// <summary>The first report of a new life: what still runs.</summary>
    public PodsSurvived Survivors()
    {
        if (pods.Count > 0) sometimes.Count("a pod survives its node's process");
        return new PodsSurvived([.. pods.Values.Select(pod =>
            new SurvivingPod(pod.Runtime, pod.Launch, pod.Ip, [.. pod.Containers]))]);
    }

    public void LosePower()
    {
        if (pods.Count > 0) sometimes.Count("a machine is lost with its pods");
        pods.Clear();
        Used = Resources.Zero;
    }

    void Prepare(PreparePod prepare)
    {
        if (Faults.PrepareFails > 0 && luck.Chance(Faults.PrepareFails))
        {
            sometimes.Count("a pod cannot be prepared");
            node.Report(new PodFailed(prepare.Pod, "PrepareError", "drawn by the simulator"));
            return;
        }
        if (!pods.TryGetValue(prepare.Pod, out var pod))
        {
            addresses++;
            var ip = string.Create(CultureInfo.InvariantCulture,
                $"127.{node.Index / 250 + 1}.{node.Index % 250}.{addresses % 250 + 1}");
            pods.Add(prepare.Pod, pod = new SimPod(prepare.Launch, prepare.Runtime, ip));
            Used += prepare.Launch.Template.Requests;
            node.World.Prepared(node);
        }
        node.Report(new PodPrepared(prepare.Pod, pod.Ip));
    }

    void StartOne(StartContainer start)
    {
        if (!pods.TryGetValue(start.Pod, out var pod) || pod.Stopping) return;
        var index = pod.Containers.FindIndex(container => string.Equals(container.Name, start.Start.Container, StringComparison.Ordinal));
        if (index >= 0 && pod.Containers[index] is { ExitCode: null }) return;
        var started = new SurvivingContainer(start.Start.Container, start.Start.Attempt, node.Now.Wall, null);
        if (index < 0) pod.Containers.Add(started);
        else pod.Containers[index] = started;
        node.Report(new ContainerStarted(start.Pod, start.Start.Container, start.Start.Attempt, node.Now.Wall));
        if (Faults.Exits > 0 && luck.Chance(Faults.Exits))
            node.World.After(luck.Between(TimeSpan.Zero, TimeSpan.FromSeconds(5)), WhilePowered(() => Exit(start)));
    }

    void Exit(StartContainer started)
    {
        if (!pods.TryGetValue(started.Pod, out var pod) || pod.Stopping) return;
        var index = pod.Containers.FindIndex(container => string.Equals(container.Name, started.Start.Container, StringComparison.Ordinal));
        if (index < 0 || pod.Containers[index].Attempt != started.Start.Attempt || pod.Containers[index].ExitCode is not null) return;
        sometimes.Count("a container exits");
        var code = luck.Chance(0.5) ? 1 : 137;
        pod.Containers[index] = pod.Containers[index] with { ExitCode = code };
        node.Report(new ContainerExited(started.Pod, started.Start.Container, started.Start.Attempt, code, "Error", "drawn by the simulator", node.Now.Wall));
    }

    void StopOne(StopContainer stop)
    {
        if (!pods.TryGetValue(stop.Pod, out var pod)) return;
        var index = pod.Containers.FindIndex(container => string.Equals(container.Name, stop.Container, StringComparison.Ordinal));
        if (index < 0 || pod.Containers[index].Attempt != stop.Attempt || pod.Containers[index].ExitCode is not null) return;
        pod.Containers[index] = pod.Containers[index] with { ExitCode = 143 };
        node.Report(new ContainerExited(stop.Pod, stop.Container, stop.Attempt, 143, "Error", "", node.Now.Wall));
    }

    void Stop(StopPod stop)
    {
        if (pods.Remove(stop.Pod, out var pod)) Used -= pod.Launch.Template.Requests;
        node.Report(new PodStopped(stop.Pod));
    }

    /// <summary>
    /// The runtime's own delay: it passes whether or not the node's process still lives, if the machine does.
    /// Commands for one pod are carried out in the order in which they came.
    /// </summary>
    void Later(PodRun pod, TimeSpan delay, Action what)
    {
        var now = node.World.Elapsed;
        var at = now + luck.Between(delay / 2, delay);
        if (busyUntil.TryGetValue(pod, out var busy) && busy > at) at = busy;
        busyUntil[pod] = at;
        node.World.After(at - now, WhilePowered(what));
    }

    Action WhilePowered(Action what)
    {
        var power = node.PowerCycles;
        return () =>
        {
            if (node.PowerCycles == power) what();
        };
    }
}

/// <summary>How pods behave on one machine.</summary>
/// <param name="Exits">Probability that a started container exits within five seconds.</param>
internal sealed record RuntimeFaults(TimeSpan StartDelay, TimeSpan StopDelay, double PrepareFails, double Exits)
{
    public static readonly RuntimeFaults None = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20), 0, 0);
}
