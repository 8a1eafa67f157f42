using Gossip.Core.Kinds;
using Gossip.Core.Primitives;

namespace Gossip.Core.Tables;

/// <summary>By whose majority singletons run, as far as this node knows; it marks the singletons that nobody could grant.</summary>
/// <param name="objects">Where the list is.</param>
/// <param name="slots">Those to mark.</param>
sealed class VoterBook(Catalog objects, SlotSet<PodId> slots) : ITableObserver
{
    /// <summary>Null while nobody is named.</summary>
    public VoterList? List { get; private set; }

    public void OnSlot(Slot? before, Slot? after)
    {
        if (after is not null) Mark(after);
    }

    public void OnObject(in ObjectChange change)
    {
        if (change.Role != KindRole.Voters) return;
        var had = List is not null;
        var read = VoterList.Read(objects);
        if (List is null || read is null || !List.Says(read)) List = read;
        if (had == List is not null) return;
        foreach (var slot in slots) Mark(slot);
    }

    void Mark(Slot slot) => slot.LacksVoters = slot.Template.IsSingleton && List is null;
}
