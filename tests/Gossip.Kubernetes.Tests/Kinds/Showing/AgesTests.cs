using System.Globalization;
using Gossip.Kubernetes.Kinds.Showing;

namespace Gossip.Kubernetes.Tests.Kinds.Showing;

public class AgesTests
{
    [Theory]
    [InlineData("0:00:00", "0s")]
    [InlineData("0:01:59", "119s")]
    [InlineData("0:02:00", "2m")]
    [InlineData("0:09:59", "9m59s")]
    [InlineData("2:59:59", "179m")]
    [InlineData("3:00:00", "3h")]
    [InlineData("7:59:00", "7h59m")]
    [InlineData("1.23:00:00", "47h")]
    [InlineData("2.01:00:00", "2d1h")]
    [InlineData("100.00:00:00", "100d")]
    [InlineData("800.00:00:00", "2y70d")]
    [InlineData("4000.00:00:00", "10y")]
    [InlineData("-0:00:05", "<invalid>")]
    public void They_read_as_kubectl_prints_them(string span, string text) =>
        Assert.Equal(text, Ages.Format(TimeSpan.Parse(span, CultureInfo.InvariantCulture)));
}
