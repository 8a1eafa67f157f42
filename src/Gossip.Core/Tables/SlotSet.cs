using System.Collections;

namespace Gossip.Core.Tables;

/// <summary>
/// Slots by something that each tells of itself: an entry is no more than the slot, where a dictionary's has the key as well, for
/// every pod in every node's memory. Their order is that of a dictionary with the same past.
/// </summary>
sealed class SlotSet<TKey> : IReadOnlyCollection<Slot> where TKey : struct, IEquatable<TKey>
{
    readonly HashSet<Slot> slots;
    readonly HashSet<Slot>.AlternateLookup<TKey> byKey;
    readonly Func<Slot, TKey> keyOf;

    public SlotSet(Func<Slot, TKey> keyOf)
    {
        this.keyOf = keyOf;
        slots = new HashSet<Slot>(new ByKey(keyOf));
        byKey = slots.GetAlternateLookup<TKey>();
    }

    public int Count => slots.Count;

    public Slot? Find(TKey key) => byKey.TryGetValue(key, out var slot) ? slot : null;

    /// <summary>In the place of what had its key.</summary>
    public void Put(Slot slot)
    {
        slots.Remove(slot);
        slots.Add(slot);
    }

    /// <summary>Unless another has its key by now.</summary>
    public void Remove(Slot slot)
    {
        if (Find(keyOf(slot)) == slot) slots.Remove(slot);
    }

    public HashSet<Slot>.Enumerator GetEnumerator() => slots.GetEnumerator();
    IEnumerator<Slot> IEnumerable<Slot>.GetEnumerator() => GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    sealed class ByKey(Func<Slot, TKey> keyOf) : IEqualityComparer<Slot>, IAlternateEqualityComparer<TKey, Slot>
    {
        public bool Equals(Slot? one, Slot? other) => keyOf(one!).Equals(keyOf(other!));
        public bool Equals(TKey key, Slot slot) => keyOf(slot).Equals(key);
        public int GetHashCode(Slot slot) => keyOf(slot).GetHashCode();
        public int GetHashCode(TKey key) => key.GetHashCode();
        public Slot Create(TKey key) => throw new NotSupportedException("a key is not all of a slot");
    }
}
