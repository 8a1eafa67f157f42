using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;
using Gossip.Simulation.Scenarios;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A11: a gang's pods run only where as many as it needs had places at one time. The first to be prepared must find them
/// all there, and an auctioneer awards either as many at one moment as are lacking, or none.
/// </summary>
internal sealed class GangChecker(World world) : Checker(world, "A11")
{
    readonly record struct Batch(SimNode From, Gang Gang, TimeSpan At, int Admitted, HashSet<PodId> Awarded);

    /// <summary>For news of a place that is free again to reach a gang's auctioneer.</summary>
    static readonly TimeSpan Late = TimeSpan.FromSeconds(3);

    readonly HashSet<(int Auctioneer, ulong Auction)> seen = [];
    readonly Dictionary<string, (TimeSpan At, SimNode From)> left = new(StringComparer.Ordinal); // gangs, by name: when and from where one of it went last
    Batch? batch;

    public override void Performed(SimNode node, PodCommand command)
    {
        if (command is not PreparePod || node.Machine!.Slots.Find(command.Pod.Pod) is not { Gang: { } gang } slot) return;
        var min = slot.Template.Gang!.Min;
        if (MayBelieveInOneThatLeft(node, gang) && GangState.Of(gang, node.Machine.Slots, node.Machine.Members, node.Now.Monotonic).Stands) return;
        if (HasStarted(gang) || Herds.Admitted(World, gang) is var admitted && admitted >= min)
        {
            World.Sometimes.Count("a gang's pod starts");
            return;
        }
        Violated(node, $"starts {slot.Name} of gang {gang.Name}, of which {admitted} are admitted and {min} needed");
    }

    public override void MessageSent(SimNode from, NodeAddress to, MessageKind kind, ReadOnlyMemory<byte> body)
    {
        if (kind != MessageKind.Award) return;
        var award = Codec.Read<Award>(body);
        if (!seen.Add((from.Index, award.Auction)) || from.Machine!.Slots.Find(award.Run.Pod)?.Gang is not { } gang) return;
        if (batch is { } open && (open.From != from || open.Gang != gang || open.At != World.Elapsed)) Close();
        batch ??= new Batch(from, gang, World.Elapsed, AdmittedFor(from, gang), []);
        batch.Value.Awarded.Add(award.Run.Pod);
    }

    public override void Evicted(SimNode node, PodRun by, PodRun victim) => Left(node, victim.Pod);

    /// <summary>Tainted out, making way for others, or taken by whoever asked.</summary>
    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change is { Kind: RowKind.Admission, After: null, Before: { } row } && PodFacts.Read(row, null) is { } gone && gone.Node == node.Id) Left(node, gone.Run.Pod);
    }

    void Left(SimNode node, PodId pod)
    {
        if (node.Machine?.Slots.Find(pod)?.Gang is { } gang) left[gang.Name] = (World.Elapsed, node);
    }

    public override void EverySecond() => Close();

    void Close()
    {
        if (batch is not { } open) return;
        batch = null;
        var min = open.Gang.Members.Values.Select(slot => slot.Template.Gang!.Min).DefaultIfEmpty().Max();
        if (open.Admitted + open.Awarded.Count < min)
            Violated(open.From, $"awards {open.Awarded.Count} pods of gang {open.Gang.Name}, which has {open.Admitted} of the {min} that it needs");
        else if (open.Admitted == 0) World.Sometimes.Count("a gang is awarded at once");
    }

    /// <summary>Places that there are, or that the auctioneer may believe in; all that it needs when one that started has its place.</summary>
    int AdmittedFor(SimNode auctioneer, Gang gang)
    {
        if (MayBelieveInOneThatLeft(auctioneer, gang)) return GangTerms.MinMost;
        var machine = auctioneer.Machine!;
        var state = GangState.Of(gang, machine.Slots, machine.Members, auctioneer.Now.Monotonic);
        return state.HasStarted ? state.Min : Math.Max(state.Admitted, Herds.Admitted(World, gang));
    }

    /// <summary>News of what went a moment ago is on its way, or cannot come; or a partition has healed, and those of the other side have yet to tell.</summary>
    bool MayBelieveInOneThatLeft(SimNode node, Gang gang) =>
        left.TryGetValue(gang.Name, out var last) && (World.Elapsed - last.At < Late || World.Network.IsBlocked(last.From.Index, node.Index) || !last.From.IsUp || last.From.IsPaused)
        || gang.Members.Values.Any(slot => slot.Admissions.Any(place => World.NodeOf(place.Node) is { } there && !HasHeardOf(node, there)));

    /// <summary>One that the power stopped has stood too, while its place is kept: nothing of it runs then.</summary>
    bool HasStarted(Gang gang)
    {
        foreach (var node in World.Nodes)
        {
            foreach (var run in node.Runtime.Pods.Keys)
                if (gang.Members.ContainsKey(run.Pod)) return true;
            if (!node.IsUp) continue;
            foreach (var id in gang.Members.Keys)
                foreach (var place in node.Machine!.Slots.Find(id)?.Admissions ?? [])
                    if (place.Node == node.Id && place.Status.StartedAt != default) return true;
        }
        return false;
    }
}
