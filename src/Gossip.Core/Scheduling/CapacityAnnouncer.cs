using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Turns;
using Gossip.Core.Wire;

namespace Gossip.Core.Scheduling;

/// <summary>
/// Tells the cluster what this node has left and what keeps it from bidding. Changes that come close together are told together.
/// </summary>
sealed class CapacityAnnouncer(string node, Swim members, Books books)
{
    /// <summary>Between two announcements: a burst of awards needs one.</summary>
    static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    /// <summary>A fault that is over is shown for so long. Else it would come and go with each kind of pod.</summary>
    static readonly TimeSpan HostFaultShown = TimeSpan.FromSeconds(10);

    Instant announcedAt;
    bool isDue;
    string hostFault = "";
    Instant hostFaultAt;

    /// <summary>Why this node bids for nothing; empty when it bids.</summary>
    public string Unready => unready.Length > 0 ? unready : diskTrouble.Length > 0 ? diskTrouble : pressure.Why;

    string unready = "starting", diskTrouble = "";
    DiskState disk;
    readonly PressureGauge pressure = new();

    /// <summary>Runtime classes whose engines are gone, as <see cref="Capacity.LostText"/> writes them; empty for none.</summary>
    public string LostRuntimes { get; private set; } = "";

    /// <summary>What was wrong with the store when the node started; empty when nothing was.</summary>
    public string StoreDamage { get; private set; } = "";

    /// <param name="waits">It bids for nothing until a peer has brought back what is missing.</param>
    public void BeginDamaged(string damage, bool waits)
    {
        StoreDamage = damage;
        if (waits) unready = "its data is damaged: it waits for a node that has the rest";
    }

    /// <param name="why">Empty when it is healthy: only then it bids.</param>
    public void NoteDisk(DiskState state, string why, Now now)
    {
        (disk, diskTrouble) = (state, why);
        Announce(now);
    }

    /// <summary>A machine that is short of something bids for nothing, until it has more of it.</summary>
    public void Take(MachineUsed used, Turn turn)
    {
        if (!pressure.Take(used)) return;
        turn.Note(pressure.Now == Pressures.None
            ? new NodeNote(NoteLevel.Information, "PressureOver", node, "the machine is short of nothing any more")
            : new NodeNote(NoteLevel.Warning, "UnderPressure", node, pressure.Why));
        Announce(turn.Now);
    }

    /// <summary>As of the last announcement.</summary>
    public Capacity Announced => members.OwnCapacity;

    public void Become(string condition, Now now)
    {
        unready = condition;
        Announce(now);
    }

    public void Lack(IReadOnlyCollection<string> classes, Now now)
    {
        LostRuntimes = Capacity.LostText(classes);
        Announce(now);
    }

    /// <summary>Which rule of the host app failed when it was asked last; empty when none did.</summary>
    public void NoteHostFault(string fault, Turn turn)
    {
        if (fault.Length > 0) hostFaultAt = turn.Monotonic;
        else if (hostFault.Length == 0 || turn.Monotonic - hostFaultAt < HostFaultShown) return;
        fault = Codec.Cut(fault, CapacityNews.FaultMost);
        if (string.Equals(fault, hostFault, StringComparison.Ordinal)) return;
        hostFault = fault;
        if (fault.Length > 0) turn.Note(new NodeNote(NoteLevel.Warning, "HostRuleFailed", node, fault));
        Changed(turn);
    }

    /// <summary>The books changed. It is told at once when the last announcement is old enough, else together with what follows.</summary>
    public void Changed(Turn turn)
    {
        if (isDue) return;
        var since = turn.Monotonic - announcedAt;
        if (since >= Gap)
        {
            Announce(turn.Now);
            return;
        }
        isDue = true;
        turn.Wake(new NodeTimer(NodeTimerKind.CapacityDue), Gap - since);
    }

    /// <summary>The timer CapacityDue.</summary>
    public void OnDue(Now now)
    {
        isDue = false;
        Announce(now);
    }

    public void Announce(Now now)
    {
        announcedAt = now.Monotonic;
        members.Announce(new Capacity(0, 0, books.Free, Unready)
        {
            LostRuntimes = LostRuntimes,
            HostFault = hostFault,
            StoreDamage = StoreDamage,
            Disk = disk,
            Pressures = unready.Length + diskTrouble.Length == 0 ? pressure.Now : Pressures.None, // what Unready tells of
        });
    }
}
