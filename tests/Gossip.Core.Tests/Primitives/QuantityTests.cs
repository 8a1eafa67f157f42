using Gossip.Core.Primitives;

namespace Gossip.Core.Tests.Primitives;

public class QuantityTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("2", 2000)]
    [InlineData("0.5", 500)]
    [InlineData(".5", 500)]
    [InlineData("5.", 5000)]
    [InlineData("+1", 1000)]
    [InlineData("100m", 100)]
    [InlineData("1500m", 1500)]
    [InlineData("0.0001", 1)] // finer than a thousandth: rounded up
    [InlineData("1u", 1)]
    [InlineData("1n", 1)]
    [InlineData("1k", 1_000_000)]
    [InlineData("1e3", 1_000_000)]
    [InlineData("1E-1", 100)]
    public void Thousandths_of_a_core_are_read_exactly(string text, long milli)
    {
        Assert.True(Quantity.TryReadMilli(text, out var value, out var problem), problem);
        Assert.Equal(milli, value);
    }

    [Theory]
    [InlineData("128Mi", 128L << 20)]
    [InlineData("1.5Gi", 3L << 29)]
    [InlineData("128974848", 128974848)]
    [InlineData("129M", 129_000_000)]
    [InlineData("129e6", 129_000_000)]
    [InlineData("1Ki", 1024)]
    [InlineData("1Ti", 1L << 40)]
    [InlineData("1Pi", 1L << 50)]
    [InlineData("0.001Ei", 1152921504606847)] // 2^60 / 1000, rounded up
    [InlineData("1T", 1_000_000_000_000)]
    [InlineData("128974848000m", 128974848)]
    [InlineData("1m", 1)]
    public void Bytes_are_read_exactly(string text, long bytes)
    {
        Assert.True(Quantity.TryReadWhole(text, out var value, out var problem), problem);
        Assert.Equal(bytes, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("Mi")]
    [InlineData("1 Mi")]
    [InlineData("1mi")]
    [InlineData("1K")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("1e999")]
    [InlineData("1e3Mi")]
    [InlineData("two")]
    [InlineData("٣")]
    [InlineData("0x10")]
    public void What_is_no_quantity_is_refused(string text)
    {
        Assert.False(Quantity.TryReadWhole(text, out _, out var problem));
        Assert.Contains("is not a quantity", problem);
    }

    [Theory]
    [InlineData("-1", "negative")]
    [InlineData("-0.5Gi", "negative")]
    [InlineData("1E", "absurdly large")]
    [InlineData("16Ei", "absurdly large")]
    [InlineData("9007199254740993", "absurdly large")]
    [InlineData("1e30", "absurdly large")]
    public void Negative_and_absurd_amounts_are_refused(string text, string because)
    {
        Assert.False(Quantity.TryReadWhole(text, out _, out var problem));
        Assert.Contains(because, problem);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h", 7_200_000)]
    public void Durations_are_read(string text, int milliseconds)
    {
        Assert.True(Duration.TryRead(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("999999999h")]
    [InlineData("1e3s")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryRead(text, out _));
}
