using FsCheck.Xunit;
using Gossip.Core.Primitives;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Tests.Machines;

public class SimStoreTests
{
    [Property]
    public bool What_was_synced_survives_a_power_cut_and_what_was_not_survives_as_a_prefix(byte[][] synced, byte[][] after, ulong seed)
    {
        var store = new SimStore(new RandomStream(seed), new Sometimes());
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

    [Fact]
    public void Only_a_store_that_was_closed_opens_clean()
    {
        var store = new SimStore(new RandomStream(1), new Sometimes());
        Assert.True(store.Open().IsClean);
        Assert.False(store.Open().IsClean);
        store.CloseCleanly();
        Assert.True(store.Open().IsClean);
    }
}
