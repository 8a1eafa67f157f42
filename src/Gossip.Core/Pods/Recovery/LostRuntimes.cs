using System.Collections.Immutable;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Tables;
using Gossip.Core.Turns;

namespace Gossip.Core.Pods.Recovery;

/// <summary>
/// Runtimes whose engine is gone. What becomes of their pods nobody can say: they are unready at once, others take them over after
/// their loss grace, and here they count in the books until the engine is back and says what still runs.
/// </summary>
sealed class LostRuntimes(NodeTimings timings, PodRows rows)
{
    readonly SortedDictionary<string, RuntimeLost> lost = new(StringComparer.Ordinal); // by runtime

    /// <summary>Every runtime class that no engine here serves now.</summary>
    public string[] Classes => [.. lost.Values.SelectMany(runtime => ClassesOf(runtime))];

    public static ImmutableArray<string> ClassesOf(RuntimeLost runtime) =>
        runtime.Classes.IsDefaultOrEmpty ? [runtime.Runtime] : runtime.Classes;

    /// <summary>The pod's engine is gone, and something of the pod may be left.</summary>
    public bool Has(KeptPod pod) => lost.Count > 0 && !pod.End.IsGone && Find(pod.Template.RuntimeClass) is not null;

    public void Add(RuntimeLost runtime) => lost[runtime.Runtime] = runtime;

    /// <summary>The runtime is back. The classes that it serves; null when it was not lost.</summary>
    public ImmutableArray<string>? Remove(string runtime) => lost.Remove(runtime, out var was) ? ClassesOf(was) : null;

    /// <summary>Does all that can be done for a pod while its engine is gone.</summary>
    public void Wait(KeptPod pod, Turn turn)
    {
        var since = pod.Lose(turn.Monotonic);
        if (pod.IsEnding) return; // it is asked again when the engine is back
        pod.Say(PodReasons.RuntimeLost, Find(pod.Template.RuntimeClass)?.Message ?? pod.Message);
        if (pod.Admission.Row is not { } row) return;
        var due = since + (pod.Template.LossGrace ?? timings.LossGrace);
        if (turn.Monotonic < due)
        {
            pod.Alarm.LookAt(due);
            return;
        }
        pod.Admission.Detach();
        rows.Withdraw(row, turn);
    }

    RuntimeLost? Find(string runtimeClass)
    {
        foreach (var runtime in lost.Values)
            if (ClassesOf(runtime).Contains(runtimeClass, StringComparer.Ordinal)) return runtime;
        return null;
    }
}
