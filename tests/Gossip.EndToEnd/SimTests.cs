using System.Text.Json;

namespace Gossip.EndToEnd;

public class SimTests
{
    [Fact]
    public async Task The_same_seeds_give_the_same_hash_in_two_processes()
    {
        string[] verb = ["sim", "--nodes", "8", "--pods", "20", "--seeds", "3", "--json"];
        var first = await GossipProgram.RunAsync(verb);
        var second = await GossipProgram.RunAsync(verb);
        Assert.True(first.ExitCode == 0, first.Output + first.Error);
        using var one = JsonDocument.Parse(first.Output);
        using var two = JsonDocument.Parse(second.Output);
        Assert.Equal(3, one.RootElement.GetProperty("seeds").GetInt32());
        Assert.Equal(0, one.RootElement.GetProperty("violations").GetInt32());
        Assert.Equal(one.RootElement.GetProperty("hash").GetString(), two.RootElement.GetProperty("hash").GetString());
    }
}
