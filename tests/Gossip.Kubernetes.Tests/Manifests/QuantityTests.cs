using FsCheck.Xunit;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Tests.Manifests;

public class QuantityTests
{
    [Theory]
    [InlineData("100m", 100)]
    [InlineData("1", 1000)]
    [InlineData("0.5", 500)]
    [InlineData(".5", 500)]
    [InlineData("5.", 5000)]
    [InlineData("1.5Ki", 1536_000)]
    [InlineData("2k", 2_000_000)]
    [InlineData("1e3", 1_000_000)]
    [InlineData("1E-3", 1)]
    [InlineData("1n", 1)]
    [InlineData("-3", -3000)]
    [InlineData("0", 0)]
    public void It_reads_what_Kubernetes_reads(string text, long milli)
    {
        Assert.True(Quantity.TryParse(text, out var quantity));
        Assert.Equal((Int128)milli, quantity.Milli);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1.2.3")]
    [InlineData("1Mb")]
    [InlineData("1 Mi")]
    [InlineData("1e99")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999999999999999999999E")]
    public void It_refuses_the_rest(string text) => Assert.False(Quantity.TryParse(text, out _));

    [Property]
    public bool Whole_units_are_read_exactly(int value) =>
        Quantity.TryParse($"{value}", out var quantity) && quantity.Milli == (Int128)value * 1000 && quantity.Whole == value;

    [Property]
    public bool Nothing_makes_it_throw(string? text) => Quantity.TryParse(text ?? "", out _) || true;
}
