using Gossip.Core.Turns;

namespace Gossip.Core.Replication;

/// <summary>Hears of every change of a row, in order, in the turn in which the tables took it.</summary>
interface IRowObserver
{
    void OnRow(in RowChange change, Turn turn);
}
