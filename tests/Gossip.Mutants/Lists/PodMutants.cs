namespace Gossip.Mutants.Lists;

/// <summary>A pod's life on its node.</summary>
internal static class PodMutants
{
    public static readonly Mutant[] List =
    [
        new("a gang is not awaited", "Pods/StartGates/GangGate.Ask", "slot.Gang is null", "true"),
        new("room is not awaited", "Pods/StartGates/RoomGate.Ask", "room.IsAwaited(pod.Run)", "false"),
        new("a lease is not awaited", "Pods/StartGates/LeaseGate.Ask", "leases.Allow(pod, turn.Now)", "true"),
        new("an init container is not awaited", "Pods/ContainerStarter.TryStartAll",
            "!pod.IsInitialized && container.Role == ContainerRole.Init", "false"),
        new("what survived its engine is started anew", "Pods/Recovery/RuntimeReturn.Take",
            "stillThere.GetValueOrDefault(pod.Run)", "(SurvivingPod?)null"),
        new("a neighbour's rule is not checked again", "Pods/Departures/NeighbourDeparture.Judge", "verdict.Reason is null", "true"),
        new("a taint drives nobody out", "Pods/Departures/TaintDeparture.Judge", "evicting.IsEmpty", "true"),
        new("a singleton outlives its lease", "Pods/Departures/LeaseDeparture.Judge", "turn.Monotonic < stop", "true"),
        new("a pod that nobody wants runs on", "Pods/PodSteps.Judge", "PodJudge.IsOver(slot, pod.Run.Epoch)", "false"),
        new("an admission that was taken out is not noticed", "Pods/PodSteps.Judge",
            "pod.Admission.Row is { } row && tables.Find(row) is null", "false"),
        new("a pod whose object is gone runs on", "Pods/PodSteps.Judge", "awaited.IsGone(pod.Run.Pod.Workload)", "false"),
        new("a node acts before its tables were compared", "Pods/Recovery/Beginning.Begins",
            "HasBegun || !HasSynced || !knowsSurvivors", "HasBegun || !knowsSurvivors"),
        new("a node acts before its survivors are known", "Pods/Recovery/Beginning.Begins",
            "HasBegun || !HasSynced || !knowsSurvivors", "HasBegun || !HasSynced"),
        new("a pod of an earlier life starts beside its successor", "Pods/Recovery/Adoption.Restart",
            "!PodJudge.AnotherStands(slot, members.Self, members)", "true"),
        new("an ended pod's room is not freed", "Pods/Ending/PodEnder.OnStopped", "FreeRoom(pod.Run, turn);", ""),
        new("an ended pod's admission stays", "Pods/Ending/PodEnder.Forget",
            "if (pod.Admission.Row is { } row) rows.Withdraw(row, turn);", ""),
        new("a success is not declared", "Pods/Ending/PodEnder.Finish", "rows.Declare(pod.Run.Pod, Fields.Succeeded, turn);", ";"),
    ];
}
