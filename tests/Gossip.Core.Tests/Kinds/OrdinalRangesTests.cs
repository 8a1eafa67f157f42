using System.Text;
using FsCheck.Xunit;
using Gossip.Core.Kinds;

namespace Gossip.Core.Tests.Kinds;

public class OrdinalRangesTests
{
    [Property]
    public void The_smallest_are_those_not_left_out(byte[] skipped, byte count)
    {
        var skip = skipped.Select(ordinal => (int)ordinal).Distinct().Order().ToArray();
        var expected = Enumerable.Range(0, 1000).Except(skip).Take(count);
        Assert.Equal(expected, OrdinalRanges.Of(skip).Smallest(count));
    }

    [Property]
    public void Ranges_come_back_from_their_JSON(byte[] skipped)
    {
        var skip = skipped.Select(ordinal => (int)ordinal).Distinct().Order().ToArray();
        Assert.Equal(skip, OrdinalRanges.Read(OrdinalRanges.Of(skip).ToJson()).Ordinals());
    }

    [Theory]
    [InlineData("[[3,3],[7,12]]", "3,7,8,9,10,11,12")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("7", "")]
    [InlineData("[[3]]", "")]
    [InlineData("[[5,4]]", "")]
    [InlineData("[[5,6],[6,7]]", "")]
    [InlineData("[[0,2147483647]]", "")]
    public void What_is_no_ranges_leaves_nothing_out(string json, string skipped) =>
        Assert.Equal(skipped, string.Join(',', OrdinalRanges.Read(Encoding.UTF8.GetBytes(json)).Ordinals()));
}
