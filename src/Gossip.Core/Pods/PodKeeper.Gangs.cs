using Gossip.Core.Primitives;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods;

// The last step of a gang's commit is nobody's but each node's own: a pod whose place is admitted starts once the merged
// tables show that its gang has the places that it needs. Where awards were lost, refused or cut off, those that got
// theirs give them back after a while without having run.
sealed partial class PodKeeper
{
    internal const string GangIncomplete = "GangIncomplete";

    /// <summary>A node that is just back is believed by the mere passing of time.</summary>
    static readonly TimeSpan GangLook = TimeSpan.FromSeconds(1);

    readonly List<KeptPod> awaitingGang = [];

    /// <summary>Holds a pod back while its gang does not stand; beyond the gang's patience its place is free for others.</summary>
    bool AwaitsGang(KeptPod pod, Slot slot, Turn turn)
    {
        if (slot.Gang is null || config.Planted == PlantedBug.GangNotAwaited) return false;
        var state = GangState.Of(slot.Gang, slots, members, turn.Monotonic);
        if (state.Stands)
        {
            pod.AwaitsGangSince = null;
            awaitingGang.Remove(pod);
            return false;
        }
        if (pod.AwaitsGangSince is null) awaitingGang.Add(pod);
        pod.AwaitsGangSince ??= turn.Monotonic;
        var patience = pod.AwaitsGangSince.Value + config.Timings.GangPatience;
        var why = state.WhyNot ?? state.ToString();
        if (turn.Monotonic < patience)
        {
            pod.Waits("WaitingForGang", why);
            pod.LookAt(patience);
            pod.LookAt(turn.Monotonic + GangLook);
            return true;
        }
        pod.Draining = true;
        (pod.Reason, pod.Message) = (GangIncomplete, why);
        Stop(pod, turn);
        return true;
    }

    /// <summary>A pod of a gang came or went somewhere.</summary>
    void LookAtGang(Slot? changed, Turn turn)
    {
        if (awaitingGang.Count == 0 || changed?.Gang is not { } gang) return;
        foreach (var pod in awaitingGang.ToArray())
            if (slots.Find(pod.Run.Pod)?.Gang == gang) Advance(pod, turn);
    }
}
