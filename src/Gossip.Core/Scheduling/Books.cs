using Gossip.Core.Primitives;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Tables.Topology;
using Gossip.Core.Templates;

namespace Gossip.Core.Scheduling;

/// <summary>
/// What is in use on this node, exactly: every pod counts from its reservation until its runtime says that nothing of
/// it is left. A reservation is a promise with an end on the node's own clock, so that a lost award or a lost release
/// leaks nothing. (Soft reservations: Sparrow's late binding, Ousterhout et al. 2013, with the books on the worker.)
/// </summary>
/// <param name="placed">
/// Hears of every claim on <paramref name="node"/> that comes or goes, so that rules between pods count them at once.
/// </param>
sealed class Books(Resources allocatable, PlacedPods? placed = null, NodeId node = default)
{
    readonly Dictionary<PodRun, Claim> claims = [];
    readonly Dictionary<PodId, Claim> bids = [];
    readonly Dictionary<Uid, int> workloads = [];
    readonly PortBook ports = new();
    readonly PortBook firmPorts = new();
    readonly List<Claim> waiting = [];
    readonly Queue<Claim> expiring = new();
    Resources inUse = Resources.Zero;
    Resources reserved = Resources.Zero;
    Devices devices = allocatable.Devices;
    Devices settledDevices = allocatable.Devices;

    public Resources Allocatable => allocatable;
    public Resources Free => (allocatable - inUse) with { Devices = devices };

    /// <summary>What would be free if every reservation were let go.</summary>
    public Resources FreeOfBids => Free.GivenBack(reserved) with { Devices = settledDevices };

    public HashSet<HostPort> Ports => ports.Taken;

    /// <summary>Those of firm claims only.</summary>
    public HashSet<HostPort> FirmPorts => firmPorts.Taken;

    public int Count => claims.Count;

    /// <summary>How many claims wait for others to be gone.</summary>
    internal int Waiting => waiting.Count;

    /// <summary>When the oldest reservation ends; null when there is none.</summary>
    public Instant? NextExpiry
    {
        get
        {
            while (expiring.TryPeek(out var first))
            {
                if (IsReservation(first)) return first.Expires;
                expiring.Dequeue();
            }
            return null;
        }
    }

    /// <summary>How many pods of a workload are here for good; bids do not count.</summary>
    public int OfWorkload(Uid workload) => workloads.GetValueOrDefault(workload);
    public Claim? Find(PodRun run) => claims.GetValueOrDefault(run);

    /// <summary>The one live bid for a pod, whatever its epoch.</summary>
    public Claim? BidFor(PodId pod) => bids.GetValueOrDefault(pod);

    /// <summary>Claims that do not expire, in no order.</summary>
    internal IEnumerable<Claim> Firm
    {
        get
        {
            foreach (var claim in claims.Values)
                if (claim.IsFirm) yield return claim;
        }
    }

    /// <summary>Claims that expire, in no order.</summary>
    internal IEnumerable<Claim> Reservations => bids.Values;

    /// <summary>Holds the pod's resources. They must be free, and no other bid for the pod may live.</summary>
    public void Reserve(Claim claim)
    {
        Check.That(!claim.IsFirm && (!claim.HoldsRoom || ResourceFilter.Fits(claim.Template, Free)));
        bids.Add(claim.Run.Pod, claim);
        Put(claim);
        if (claim.HoldsRoom) reserved += claim.Template.Requests;
        expiring.Enqueue(claim); // all are valid equally long, so the first in is the first out
    }

    /// <summary>Makes a claim that does not expire. <paramref name="checkRoom"/> false only for what runs already, room or not.</summary>
    /// <param name="devices">Those that it has already; null for those that it would get now.</param>
    public Claim Admit(PodRun run, PodTemplate template, bool checkRoom, DeviceGrant? devices = null)
    {
        Check.That(!checkRoom || ResourceFilter.Fits(template, Free));
        var claim = new Claim { Run = run, Template = template, IsFirm = true, Devices = devices };
        Put(claim);
        workloads[run.Pod.Workload] = OfWorkload(run.Pod.Workload) + 1;
        foreach (var port in PortsOf(template)) firmPorts.Add(port);
        return claim;
    }

    /// <summary>
    /// Makes a claim to room that others still have: both count until the others are gone, so that nobody gets in between and
    /// nothing starts too early.
    /// </summary>
    /// <param name="leaving">Whose room it is to have; those that are gone by now do not matter.</param>
    public Claim AdmitAfter(PodRun run, PodTemplate template, DeviceGrant? devices, IEnumerable<PodRun> leaving)
    {
        var waitsFor = leaving.Where(claims.ContainsKey).ToList();
        var claim = Admit(run, template, checkRoom: waitsFor.Count == 0, devices);
        if (waitsFor.Count == 0) return claim;
        claim.WaitsFor = waitsFor;
        waiting.Add(claim);
        return claim;
    }

    /// <summary>Lets go of a claim; false when there is none.</summary>
    public bool Remove(PodRun run)
    {
        if (!claims.Remove(run, out var claim)) return false;
        if (!claim.HoldsRoom)
        {
            bids.Remove(run.Pod);
            return true;
        }
        for (var i = waiting.Count - 1; i >= 0; i--)
            if (waiting[i] == claim || waiting[i].WaitsFor is { } others && others.Remove(run) && others.Count == 0) waiting.RemoveAt(i);
        placed?.Unclaim(run.Pod);
        inUse -= claim.Template.Requests;
        if (claim.Devices is { } grant)
        {
            devices = devices.Give(grant, claim.Template.Device!.Milli);
            if (claim.IsFirm) settledDevices = settledDevices.Give(grant, claim.Template.Device.Milli);
        }
        foreach (var port in PortsOf(claim.Template)) ports.Remove(port);
        if (claim.IsFirm)
        {
            if (--workloads[run.Pod.Workload] is 0) workloads.Remove(run.Pod.Workload);
            foreach (var port in PortsOf(claim.Template)) firmPorts.Remove(port);
            return true;
        }
        reserved -= claim.Template.Requests;
        bids.Remove(run.Pod);
        return true;
    }

    /// <summary>Lets go of every reservation whose time is over; true when there was one.</summary>
    public bool Expire(Instant now)
    {
        var any = false;
        while (NextExpiry is { } end && end <= now) any |= Remove(expiring.Dequeue().Run);
        return any;
    }

    bool IsReservation(Claim claim) => !claim.IsFirm && bids.GetValueOrDefault(claim.Run.Pod) == claim;

    void Put(Claim claim)
    {
        claims.Add(claim.Run, claim);
        if (!claim.HoldsRoom) return;
        placed?.Claim(claim.Run.Pod, node);
        inUse += claim.Template.Requests;
        if (claim.Template.Device is { } request && (claim.Devices ??= devices.Choose(request)) is { } grant)
        {
            devices = devices.Take(grant, request.Milli);
            if (claim.IsFirm) settledDevices = settledDevices.Take(grant, request.Milli);
        }
        foreach (var port in PortsOf(claim.Template)) ports.Add(port);
    }

    static ReadOnlySpan<HostPort> PortsOf(PodTemplate template) =>
        template.HostPorts.IsDefaultOrEmpty ? [] : template.HostPorts.AsSpan();

    /// <summary>Ports by how many claims have them: one that waits for another's room has its ports as well.</summary>
    sealed class PortBook
    {
        readonly Dictionary<HostPort, int> claims = [];

        public HashSet<HostPort> Taken { get; } = [];

        public void Add(HostPort port)
        {
            claims[port] = claims.GetValueOrDefault(port) + 1;
            Taken.Add(port);
        }

        public void Remove(HostPort port)
        {
            if (--claims[port] > 0) return;
            claims.Remove(port);
            Taken.Remove(port);
        }
    }
}
