using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A1: no node overcommits at any instant. What counts is what its runtime really holds, whatever its books say: amounts, extended
/// resources and bandwidth by sums, devices one by one, host ports each to one pod.
/// </summary>
internal sealed class OvercommitChecker(World world) : Checker(world, "A1")
{
    /// <summary>What each run was given when it was admitted.</summary>
    readonly Dictionary<(int Node, PodRun Run), DeviceGrant> grants = [];

    public override void RowChanged(SimNode node, in RowChange change)
    {
        if (change is { Before: null, After: { Kind: RowKind.Admission } row } && PodFacts.Read(row, null) is { Birth.Devices: { } grant } own && own.Node == node.Id)
            grants[(node.Index, own.Run)] = grant;
    }

    /// <summary>The books of each life must go on from what was promised in those before.</summary>
    public override void AtRest()
    {
        foreach (var node in World.Nodes)
            foreach (var claim in node.Machine?.Room.Books.Firm ?? [])
                if (grants.TryGetValue((node.Index, claim.Run), out var grant) && claim.Devices != grant)
                    Violated(node, $"counts devices {claim.Devices} for {claim.Run}, which was admitted with {grant}");
    }

    public override void Prepared(SimNode node)
    {
        var has = node.Config.Card.Allocatable;
        if (!(has - node.Runtime.Used).IsWhole) Violated(node, $"runs ({node.Runtime.Used}) and has ({has})");
        var devices = has.Devices;
        var ports = new HashSet<HostPort>();
        foreach (var (run, pod) in node.Runtime.Pods)
        {
            if (pod.HasEnded) continue;
            var template = pod.Launch.Template;
            if (template.Device is { } asks && grants.TryGetValue((node.Index, run), out var grant)) devices = devices.Take(grant, asks.Milli);
            foreach (var port in template.HostPorts)
                if (!ports.Add(port)) Violated(node, $"runs {pod.Launch.Name}, and host port {port.Number} is another's too");
        }
        foreach (var group in devices.Groups)
            if (group.Free.Any(free => free < 0)) Violated(node, $"gave more of a {group.Kind} than there is: {string.Join(", ", group.Free)} thousandths are left");
    }
}
