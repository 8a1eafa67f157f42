namespace Gossip.Core.Turns;

/// <summary>The n-th record of a node's log, counted from 1 over the life of one <see cref="NodeMachine"/>.</summary>
readonly record struct LogPosition(ulong Value)
{
    public static readonly LogPosition None;
}
