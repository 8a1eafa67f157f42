using Gossip.Core.Primitives;
using Gossip.Core.Turns;

namespace Gossip.Core.Tables;

/// <summary>Hears of slots that changed, after every change of members and rows that is known by then is in the slot table.</summary>
interface ISlotObserver
{
    /// <summary>A slot came, went, or differs. May be told twice.</summary>
    void OnSlot(PodId pod, Turn turn);

    /// <summary>A ConfigMap or Secret came, went, or differs.</summary>
    void OnConfig(ObjectName config, Turn turn) { }
}
