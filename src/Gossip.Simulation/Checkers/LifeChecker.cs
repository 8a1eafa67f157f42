using Gossip.Core;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// L1: the life of a pod goes in its order, whatever happens to processes, machines and engines. No container starts
/// while it runs, no main container before every init container succeeded, and of each probe and hook one is under way at most.
/// </summary>
internal sealed class LifeChecker(World world) : Checker(world, "L1")
{
    readonly record struct Asked(int Node, PodRun Pod, string Container, int Attempt, ActionPurpose Purpose);

    readonly HashSet<Asked> underWay = [];

    public override void Started(SimNode node) => Forget(node);

    public override void Before(SimNode node, in NodeInput input)
    {
        if (input.Report is ActionEnded ended) underWay.Remove(new Asked(node.Index, ended.Pod, ended.Container, ended.Attempt, ended.Purpose));
        else if (input.Report is RuntimeReturned) Forget(node); // what was asked of an engine that went is forgotten
    }

    public override void Performed(SimNode node, PodCommand command)
    {
        if (command is StartContainer start) Check(node, start);
        else if (command is RunAction act && !underWay.Add(new Asked(node.Index, act.Pod, act.Container, act.Attempt, act.Purpose)))
            Violated(node, $"asks for {act.Purpose} of {act.Container} of {act.Pod} while it is under way");
    }

    /// <summary>Counts what only a status shows: that the rare paths of a life ran.</summary>
    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change.Kind != RowKind.Admission || change.After?[Fields.Status] is not { IsNull: false } cell) return;
        if (change.Before?[Fields.Status]?.Dot == cell.Dot || AdmissionCodec.ReadBirth(change.After[Fields.Birth]!.Value.Value).Node != node.Id) return;
        var status = AdmissionCodec.ReadStatus(cell.Value);
        if (status.HasEnded) World.Sometimes.Count($"a pod has {(status.Phase == PodPhase.Failed ? "failed" : "succeeded")} for good");
        foreach (var container in status.Containers)
            if (container.Stage == ContainerStage.Waiting && container.Reason is "WaitingForDependencies" or "CrashLoopBackOff" or "ImagePullBackOff") World.Sometimes.Count($"a status tells {container.Reason}");
            else if (container.Last is { Reason: "DependencyLost" or "ContainerStatusUnknown" } last && container.Stage == ContainerStage.Running) World.Sometimes.Count($"a container runs again after {last.Reason}");
    }

    void Check(SimNode node, StartContainer command)
    {
        if (!node.Runtime.Pods.TryGetValue(command.Pod, out var pod) || pod.Stopping) return;
        var start = command.Start;
        // What an earlier life asked for may have been carried out since: the same attempt again does nothing.
        if (pod.Find(start.Container) is { ExitCode: null } running && running.Attempt != start.Attempt)
            Violated(node, $"starts {start.Container} of {command.Pod} as attempt {start.Attempt} while attempt {running.Attempt} runs");
        if (pod.Launch.Template.Find(start.Container) is not { Role: ContainerRole.Main }) return;
        foreach (var init in pod.Launch.Template.InitContainers)
            if (init.Role == ContainerRole.Init && pod.Find(init.Name) is not { ExitCode: 0 })
                Violated(node, $"starts {start.Container} of {command.Pod} before {init.Name} has succeeded");
    }

    void Forget(SimNode node) => underWay.RemoveWhere(asked => asked.Node == node.Index);
}
