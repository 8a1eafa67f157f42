using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tables;

/// <summary>
/// What the pods of this cluster usually ask for, as far as devices go: a histogram of the shapes that this node's own
/// tables hold, so that no central view is needed. Bounded, and settled: what is read changes only when the number of pods
/// has by a sixteenth, so that bids of one round are scored alike.
/// </summary>
public sealed class TypicalPods : ITableObserver
{
    /// <summary>Shapes that are counted. A cluster with more has no typical pods anyway; the later ones are left out.</summary>
    const int CountedMost = 1024;

    /// <summary>Shapes that are read: they bound the work of a score. 97 % of the openb cluster's pods have one of these.</summary>
    public const int Most = 128;

    readonly Dictionary<(long Cpu, DeviceRequest? Device), int> counts = [];
    TypicalPod[] typical = [];
    int pods, podsThen = -1, withDevices;

    /// <summary>Some pod asks for devices. If none does, there is nothing to fragment.</summary>
    public bool HaveDevices => withDevices > 0;

    /// <summary>How many pods the weights stand for.</summary>
    public long Weight { get; private set; }

    /// <summary>The most frequent first.</summary>
    public ReadOnlySpan<TypicalPod> Shapes
    {
        get
        {
            if (podsThen < 0 || Math.Abs(pods - podsThen) > podsThen / 16) Settle();
            return typical;
        }
    }

    /// <summary>One more pod like this is wanted, or one less.</summary>
    public void Count(PodTemplate pod, int change)
    {
        var shape = (pod.Requests.Cpu.Value, pod.Device);
        var count = counts.GetValueOrDefault(shape);
        if (count == 0 && (change < 0 || counts.Count >= CountedMost)) return;
        if (count + change <= 0) counts.Remove(shape);
        else counts[shape] = count + change;
        pods += change;
        if (pod.Device is not null) withDevices += change;
    }

    void ITableObserver.OnSlot(Slot? before, Slot? after)
    {
        if (before is { IsDesired: true }) Count(before.Template, -1);
        if (after is { IsDesired: true }) Count(after.Template, 1);
    }

    void ITableObserver.OnWanted(Slot slot) => Count(slot.Template, slot.IsDesired ? 1 : -1);

    void Settle()
    {
        podsThen = pods;
        typical =
        [
            .. counts.OrderByDescending(counted => counted.Value).ThenBy(counted => counted.Key.Cpu)
                .ThenBy(counted => counted.Key.Device?.ToString() ?? "", StringComparer.Ordinal)
                .Take(Most).Select(counted => new TypicalPod(counted.Key.Cpu, counted.Key.Device, counted.Value)),
        ];
        Weight = typical.Sum(shape => (long)shape.Count);
    }
}

/// <summary>
/// A shape of pods that is frequent in the cluster, and how many have it. <paramref name="Cpu"/> is in thousandths of a core.
/// </summary>
public readonly record struct TypicalPod(long Cpu, DeviceRequest? Device, int Count);
