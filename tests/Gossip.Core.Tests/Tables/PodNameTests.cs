using Gossip.Core.Primitives;
using Gossip.Core.Tables;

namespace Gossip.Core.Tests.Tables;

public class PodNameTests
{
    static readonly PodId Pod = new(new Uid(1, 2), 7, 0x0A1B2C3D_44556677);

    [Theory]
    [InlineData("Deployment", "web", "web-0a1b2c3d-7")]
    [InlineData("Deployment", "a-b-00000000-0", "a-b-00000000-0-0a1b2c3d-7")]
    [InlineData("Pod", "solo", "solo")]
    [InlineData("Pod", "web-0a1b2c3d-7", "web-0a1b2c3d-7")]
    public void A_pod_is_found_by_the_text_of_its_name(string kind, string workload, string text)
    {
        var name = PodName.Of(new ObjectName(kind, "default", workload), Pod);
        Assert.Equal(text, name.ToString());
        Assert.Equal(name, PodName.Of("default", text));
        Assert.NotEqual(name, PodName.Of("other", text));
    }

    /// <summary>They read as the same numbers, and are other texts.</summary>
    [Theory]
    [InlineData("web-0A1B2C3D-7")]
    [InlineData("web-0a1b2c3d-07")]
    [InlineData("web-0a1b2c3d-")]
    [InlineData("-0a1b2c3d-7")]
    [InlineData("0a1b2c3d-7")]
    public void Another_text_is_another_name(string text)
    {
        Assert.Equal(text, PodName.Of("default", text).ToString());
        Assert.NotEqual(PodName.Of(new ObjectName("Deployment", "default", "web"), Pod), PodName.Of("default", text));
    }
}
