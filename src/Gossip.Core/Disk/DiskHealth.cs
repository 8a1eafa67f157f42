using System.Globalization;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Disk;

/// <summary>
/// How the disk does, by how long its writes take and what the driver tells. One write at a time is timed, from when it was handed over
/// until the log confirmed it: so the timing costs nothing, and samples what whoever writes waits for.
/// </summary>
/// <remarks>
/// Healthy becomes Slow when a write takes longer than a second, or one of the last hundred did and another does (their 99th percentile),
/// and Healthy again after two tries in a row in less than half a second. Full and back is the driver's word. Failing is the end.
/// </remarks>
sealed class DiskHealth
{
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(1);

    /// <summary>Well below, so that it does not come and go.</summary>
    public static readonly TimeSpan QuickWithin = SlowAfter / 2;

    /// <summary>Between two tries of a slow disk to which nobody writes.</summary>
    public static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(5);

    const int QuickInARow = 2;

    /// <summary>
    /// A node has a turn at least at each tick of its gossip. Without one it was paused, and that is not the disk's fault.
    /// </summary>
    static readonly TimeSpan PausedAfter = TimeSpan.FromMilliseconds(500);

    LogPosition? timed;
    Instant since, confirmedAt, lookedAt;
    int quick;
    bool isSlow, isHanging;
    DiskReport told = new(DiskState.Healthy, "");
    TimeSpan slowest;

    public DiskState State => told.State != DiskState.Healthy ? told.State : isSlow ? DiskState.Slow : DiskState.Healthy;

    /// <summary>A write is on its way for longer than it may take: nothing can be promised now.</summary>
    public bool IsHanging => isHanging;

    /// <summary>What is wrong, a phrase; empty for a healthy disk.</summary>
    public string Why => State switch
    {
        DiskState.Healthy => "",
        DiskState.Slow => string.Create(CultureInfo.InvariantCulture, $"the disk is slow: a write took {slowest.TotalSeconds:0.0} s")
            + (isHanging ? " and is not done" : ""),
        DiskState.Full => "the disk is full: free some space",
        _ => $"the disk fails: {told.Why}",
    };

    public void Take(DiskReport report)
    {
        if (told.State != DiskState.Failing) told = report;
    }

    /// <summary>Looks at the clock, at each turn.</summary>
    /// <param name="written">The last record that was handed to the log.</param>
    /// <param name="confirmed">The last that is durable.</param>
    public void Look(LogPosition written, LogPosition confirmed, Instant now)
    {
        if (now - lookedAt > PausedAfter) since += now - lookedAt;
        lookedAt = now;
        if (timed is { } waited)
        {
            var took = now - since;
            if (took > SlowAfter) BeSlow(took, isDone: confirmed.Value >= waited.Value);
            if (confirmed.Value < waited.Value) return;
            timed = null;
            isHanging = false;
            confirmedAt = now;
            quick = took <= QuickWithin ? quick + 1 : 0;
            if (quick >= QuickInARow) (isSlow, slowest) = (false, TimeSpan.Zero);
        }
        if (written.Value <= confirmed.Value) return;
        timed = written;
        since = now;
    }

    /// <summary>It was slow, and nobody has written to it since: only a write can tell how it does now.</summary>
    public bool WantsTry(Instant now) => isSlow && timed is null && now - confirmedAt >= TryEvery;

    void BeSlow(TimeSpan took, bool isDone)
    {
        isSlow = true;
        isHanging = !isDone;
        quick = 0;
        if (took > slowest) slowest = took;
    }
}
