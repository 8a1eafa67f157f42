using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Tests.Machines;

public class SimStoreTests
{
    [Property]
    public bool What_was_synced_survives_a_power_cut_and_what_was_not_survives_as_a_prefix(byte[][] synced, byte[][] after, ulong seed)
    {
        var store = new SimStore(NodeId.Of("a"), new RandomStream(seed), new Sometimes());
        store.Open();
        foreach (var record in synced) store.Append(record);
        store.Sync();
        foreach (var record in after) store.Append(record);
        store.LosePower();
        var read = store.Open().Records.Select(record => record.ToArray()).ToList();
        var written = synced.Concat(after).ToList();
        return read.Count >= synced.Length && read.Count <= written.Count
            && read.Zip(written).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
    }

    [Property]
    public bool A_power_cut_is_no_damage(byte[][] synced, byte[][] after, ulong seed)
    {
        var store = new SimStore(NodeId.Of("a"), new RandomStream(seed), new Sometimes());
        store.Open();
        foreach (var record in synced) store.Append(record);
        store.Compact([1, 2, 3]);
        foreach (var record in synced) store.Append(record);
        store.Sync();
        foreach (var record in after) store.Append(record);
        store.LosePower();
        return store.Open().Damage.Count == 0;
    }

    [Fact]
    public void Only_a_store_that_was_closed_opens_clean()
    {
        var store = new SimStore(NodeId.Of("a"), new RandomStream(1), new Sometimes());
        Assert.False(store.Open().IsClean);
        store.CloseCleanly();
        Assert.True(store.Open().IsClean);
        Assert.False(store.Open().IsClean);
    }

    [Fact]
    public void A_damaged_store_wants_a_snapshot_and_is_well_once_the_damage_is_forgotten()
    {
        var store = new SimStore(NodeId.Of("a"), new RandomStream(1), new Sometimes());
        store.Open();
        store.Compact([1, 2, 3]);
        store.Append([4]);
        store.Sync();
        Assert.True(store.LoseSnapshot());
        for (var starts = 0; starts < 2; starts++)
        {
            var contents = store.Open();
            Assert.Equal(["the snapshot is missing"], contents.Damage);
            Assert.Single(contents.Records);
            Assert.Equal(long.MaxValue, store.LogBytes);
        }
        store.Compact([5]);
        Assert.Equal(0, store.LogBytes);
        Assert.NotEmpty(store.Open().Damage); // what was missing has not come back
        store.ForgetDamage();
        Assert.Empty(store.Open().Damage);
    }
}
