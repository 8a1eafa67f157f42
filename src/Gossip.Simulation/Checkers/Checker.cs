using Gossip.Core;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Wire;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// Watches a running cluster from outside for one rule. It sees more than any node can, may keep what it likes, and
/// changes nothing. Called for every event, so what it does there is small.
/// </summary>
internal abstract class Checker(World world, string rule)
{
    protected World World => world;

    public string Rule => rule;

    /// <summary>Not cut off from it, nor only just in touch again: by now it knows what the other wrote before.</summary>
    protected bool HasHeardOf(SimNode node, SimNode other) => node == other
        || !World.Network.IsBlocked(other.Index, node.Index) && node.Machine!.Members.Find(other.Id) is { IsLive: true } seen && seen.Since + World.Timings.Comeback < node.Now.Monotonic;

    protected void Violated(SimNode? node, string what) => world.Violate(rule, node, what);

    /// <summary>The process begins a life.</summary>
    public virtual void Started(SimNode node) { }

    /// <summary>An input is about to be handled.</summary>
    public virtual void Before(SimNode node, in NodeInput input) { }

    public virtual void After(SimNode node, in NodeInput input) { }

    /// <summary>A record goes to the node's log, and will be read by its next life though this one may not hear that it is there.</summary>
    public virtual void Logged(SimNode node, ReadOnlySpan<byte> record) { }

    public virtual void RowChanged(SimNode node, in RowChange change) { }
    public virtual void MemberChanged(SimNode node, in MemberChange change) { }

    /// <summary>A scheduling message leaves a node.</summary>
    public virtual void MessageSent(SimNode from, NodeAddress to, MessageKind kind, ReadOnlyMemory<byte> body) { }

    /// <summary>A scheduling message is about to be handled.</summary>
    public virtual void MessageArrives(SimNode at, NodeId sender, MessageKind kind, ReadOnlyMemory<byte> body) { }

    /// <summary>A pod of the node is to go for another.</summary>
    public virtual void Evicted(SimNode node, PodRun by, PodRun victim) { }

    public virtual void Performed(SimNode node, PodCommand command) { }

    /// <summary>The runtime took a pod in.</summary>
    public virtual void Prepared(SimNode node) { }

    /// <summary>A container runs from now on.</summary>
    public virtual void ContainerRan(SimNode node, PodRun run) { }

    /// <summary>Every virtual second.</summary>
    public virtual void EverySecond() { }

    /// <summary>Faults are over, everything agreed, and nothing has moved for a while.</summary>
    public virtual void AtRest() { }
}
