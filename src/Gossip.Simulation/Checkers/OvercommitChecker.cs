using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Checkers;

/// <summary>
/// A1: no node overcommits at any instant. What counts is what its runtime really holds, whatever its books say.
/// </summary>
internal sealed class OvercommitChecker(World world) : Checker(world, "A1")
{
    public override void Prepared(SimNode node)
    {
        if (!(node.Config.Card.Allocatable - node.Runtime.Used).IsWhole)
            Violated(node, $"runs ({node.Runtime.Used}) and has ({node.Config.Card.Allocatable})");
    }
}
