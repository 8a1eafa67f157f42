namespace Gossip.Architecture.Folders;

public class CyclesTests
{
    [Theory]
    [InlineData("a>b b>c", "")]
    [InlineData("a>b b>a", "a b")]
    [InlineData("a>b b>c c>b c>d", "b c")]
    [InlineData("a>b b>c c>a d>a e>f f>e", "a b c|e f")]
    [InlineData("a>b a>c b>d c>d d>a", "a b c d")]
    public void Each_cycle_is_found_whole(string arrows, string expected)
    {
        var pairs = arrows.Split(' ').Select(each => (From: each[..1], To: each[2..])).ToList();
        var nodes = pairs.SelectMany(each => new[] { each.From, each.To }).Distinct().Order(StringComparer.Ordinal);

        var found = Cycles.Of(nodes, node => pairs.Where(each => each.From == node).Select(each => each.To));

        Assert.Equal(expected, string.Join("|", found.Select(each => string.Join(" ", each)).Order(StringComparer.Ordinal)));
    }
}
