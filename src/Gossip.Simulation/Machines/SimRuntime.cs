using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Simulation.Machines;

/// <summary>
/// Runs the pods of one machine, and does to them what the world does: they start late or not at all, exit, fail their
/// probes, and their engine goes away. It outlives the node's process and dies with the machine. Commands are idempotent, as
/// real runtimes'.
/// </summary>
internal sealed class SimRuntime(SimNode node, RandomStream random, Sometimes sometimes)
{
    const int Terminated = 143; // 128 + SIGTERM
    const string Why = "drawn by the simulator";

    readonly Dictionary<PodRun, SimPod> pods = [];
    readonly Dictionary<PodRun, TimeSpan> busyUntil = [];
    int addresses;

    /// <summary>In the order in which they were prepared.</summary>
    public IReadOnlyDictionary<PodRun, SimPod> Pods => pods;

    public RuntimeFaults Faults { get; set; } = RuntimeFaults.None;

    /// <summary>What everything that may run asks for: the truth about the machine, whatever the node's books say. What ended only has logs left.</summary>
    public Resources Used => pods.Values.Where(pod => !pod.HasEnded).Aggregate(Resources.Zero, (used, pod) => used + pod.Launch.Template.Requests);

    /// <summary>Its engine is gone: it hears nothing and says nothing.</summary>
    public bool IsLost { get; private set; }

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
                var most = action.Within < Faults.StartDelay ? action.Within : Faults.StartDelay;
                node.World.After(random.Between(TimeSpan.Zero, most), WhilePowered(() => Act(action)));
                break;
            case StopContainer stop:
                Later(stop.Pod, Least(Faults.StopDelay, stop.Grace), () => StopOne(stop));
                break;
            case LeasePod lease:
                Lease(lease);
                break;
            case StopPod stop:
                if (pods.TryGetValue(stop.Pod, out var pod) && !IsLost) pod.Stopping = true;
                Later(stop.Pod, Least(Faults.StopDelay, stop.Grace), () => Stop(stop));
                break;
        }
    }

    /// <summary>The first report of a new life: what still runs, as far as can be known.</summary>
    public PodsSurvived Survivors()
    {
        if (IsLost)
        {
            sometimes.Count("a node starts while its engine is gone");
            node.Report(Lost());
            return new PodsSurvived([]);
        }
        if (pods.Count > 0) sometimes.Count("a pod survives its node's process");
        return new PodsSurvived([.. All()]);
    }

    public void LosePower()
    {
        if (pods.Count > 0) sometimes.Count("a machine is lost with its pods");
        pods.Clear();
        IsLost = false; // it is back when the machine is
    }

    public void LoseEngine(EngineFate fate)
    {
        if (IsLost || !node.HasPower) return;
        sometimes.Count("an engine is lost");
        IsLost = true;
        node.Report(Lost());
        if (fate == EngineFate.PodsLiveOn) return;
        foreach (var pod in pods.Values.ToArray())
            if (fate == EngineFate.PodsVanish) pods.Remove(pod.Launch.Pod);
            else foreach (var container in pod.Containers.ToArray())
                    if (container.ExitCode is null) pod.Put(container with { ExitCode = 137 });
    }

    public void ReturnEngine()
    {
        if (!IsLost) return;
        IsLost = false;
        if (pods.Count > 0) sometimes.Count("a pod is found again when its engine returns");
        node.Report(new RuntimeReturned(RuntimeNames.Process, [.. All()]));
    }

    RuntimeLost Lost() => new(RuntimeNames.Process, Why) { Classes = node.Config.Card.Runtimes };

    IEnumerable<SurvivingPod> All() => pods.Values.Select(pod => new SurvivingPod(pod.Runtime, pod.Launch, pod.Ip, [.. pod.Containers]));

    void Prepare(PreparePod prepare)
    {
        if (IsLost || Faults.PrepareFails > 0 && random.Chance(Faults.PrepareFails))
        {
            if (!IsLost) sometimes.Count("a pod cannot be prepared");
            node.Report(new PodFailed(prepare.Pod, IsLost ? "RuntimeLost" : "PrepareError", Why));
            return;
        }
        if (!pods.TryGetValue(prepare.Pod, out var pod))
        {
            addresses++;
            var ip = string.Create(CultureInfo.InvariantCulture,
                $"127.{node.Index / 250 + 1}.{node.Index % 250}.{addresses % 250 + 1}");
            pods.Add(prepare.Pod, pod = new SimPod(prepare.Launch, prepare.Runtime, ip));
            node.World.Prepared(node);
        }
        node.Report(new PodPrepared(prepare.Pod, pod.Ip));
    }

    /// <summary>What keeps the lease is neither the node's process nor its engine: it goes by the machine's clock, whatever becomes of them.</summary>
    void Lease(LeasePod lease)
    {
        if (IsLost || !pods.TryGetValue(lease.Pod, out var pod)) return;
        pod.LeasedUntil = lease.Until;
        node.World.After(new TimeSpan(node.Clock.Virtual(lease.Until - node.Now.Monotonic)), WhilePowered(() =>
        {
            if (pod.LeasedUntil != lease.Until || pods.GetValueOrDefault(lease.Pod) != pod) return;
            foreach (var container in pod.Containers.ToArray())
            {
                if (container.ExitCode is not null) continue;
                sometimes.Count("a lease runs out before its pod is stopped");
                pod.Put(container with { ExitCode = 137 });
                if (!IsLost) node.Report(new ContainerExited(lease.Pod, container.Name, container.Attempt, 137, "Error", "its lease ran out", node.Now.Wall));
            }
        }));
    }

    void StartOne(StartContainer start)
    {
        var (name, attempt) = (start.Start.Container, start.Start.Attempt);
        if (!IsLost && pods.TryGetValue(start.Pod, out var leased) && leased.Launch.Template.IsSingleton && !(leased.LeasedUntil > node.Now.Monotonic))
        {
            sometimes.Count("a singleton is not started because its lease is over");
            node.Report(new ContainerNotStarted(start.Pod, name, attempt, "CreateContainerError", "its lease is over", node.Now.Wall));
            return;
        }
        if (IsLost || Faults.StartFails > 0 && random.Chance(Faults.StartFails))
        {
            if (!IsLost) sometimes.Count("a container cannot be started");
            node.Report(new ContainerNotStarted(start.Pod, name, attempt, IsLost ? "RuntimeLost" : "ErrImagePull", Why, node.Now.Wall));
            return;
        }
        if (!pods.TryGetValue(start.Pod, out var pod) || pod.Stopping || pod.Find(name) is { ExitCode: null }) return;
        pod.Put(new SurvivingContainer(name, attempt, node.Now.Wall, null));
        node.World.ContainerRan(node, start.Pod);
        node.Report(new ContainerStarted(start.Pod, name, attempt, node.Now.Wall));
        var spec = pod.Launch.Template.Find(name)!;
        var crashes = Faults.Exits > 0 && random.Chance(Faults.Exits);
        if (!crashes && spec.Role != ContainerRole.Init && spec.Command is not ["once"]) return;
        var code = !crashes ? 0 : random.Chance(0.5) ? 1 : 137;
        node.World.After(random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(5)), WhilePowered(() => Exit(start.Pod, name, attempt, code)));
    }

    void Act(RunAction action)
    {
        var runs = !IsLost && pods.TryGetValue(action.Pod, out var pod) && pod.Find(action.Container) is { ExitCode: null };
        var passed = runs && !(Faults.ActionFails > 0 && random.Chance(Faults.ActionFails));
        sometimes.Count($"{action.Purpose} {(passed ? "passes" : "fails")}");
        node.Report(new ActionEnded(action.Pod, action.Container, action.Attempt, action.Purpose, passed, Why));
    }

    void StopOne(StopContainer stop)
    {
        if (IsLost) return;
        sometimes.Count("a container is stopped and its pod is not");
        Exit(stop.Pod, stop.Container, stop.Attempt, Terminated);
    }

    void Exit(PodRun run, string name, int attempt, int code)
    {
        if (!pods.TryGetValue(run, out var pod) || pod.Stopping || pod.Find(name) is not { ExitCode: null } container || container.Attempt != attempt) return;
        if (code is not (0 or Terminated)) sometimes.Count("a container exits");
        pod.Put(container with { ExitCode = code });
        if (!IsLost) node.Report(new ContainerExited(run, name, attempt, code, code == 0 ? "Completed" : "Error", Why, node.Now.Wall));
    }

    void Stop(StopPod stop)
    {
        if (IsLost) return;
        pods.Remove(stop.Pod);
        node.Report(new PodStopped(stop.Pod));
    }

    static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>
    /// The runtime's own delay: it passes whether or not the node's process still lives, if the machine does.
    /// Commands for one pod are carried out in the order in which they came.
    /// </summary>
    void Later(PodRun pod, TimeSpan delay, Action what)
    {
        var now = node.World.Elapsed;
        var at = now + random.Between(delay / 2, delay);
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
