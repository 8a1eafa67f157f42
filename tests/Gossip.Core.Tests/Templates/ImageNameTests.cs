using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

public class ImageNameTests
{
    const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("redis", "", "redis", "", "", PullPolicy.Always)]
    [InlineData("redis:latest", "", "redis", "latest", "", PullPolicy.Always)]
    [InlineData("redis:7.0", "", "redis", "7.0", "", PullPolicy.IfNotPresent)]
    [InlineData("team/app", "", "team/app", "", "", PullPolicy.Always)]
    [InlineData("registry.example:5000/team/app:1", "registry.example:5000", "team/app", "1", "", PullPolicy.IfNotPresent)]
    [InlineData("localhost/app:1", "localhost", "app", "1", "", PullPolicy.IfNotPresent)]
    [InlineData("localhost:5000/app", "localhost:5000", "app", "", "", PullPolicy.Always)]
    [InlineData("[::1]:5000/app:1", "[::1]:5000", "app", "1", "", PullPolicy.IfNotPresent)]
    [InlineData("registry.k8s.io/redis@" + Digest, "registry.k8s.io", "redis", "", Digest, PullPolicy.IfNotPresent)]
    [InlineData("x/a__b-c.d/e---f:T_1", "", "x/a__b-c.d/e---f", "T_1", "", PullPolicy.IfNotPresent)]
    public void Names_are_taken_apart(string text, string registry, string repository, string tag, string digest, PullPolicy policy)
    {
        Assert.True(ImageName.TryRead(text, out var name));
        Assert.Equal(new ImageName(registry, repository, tag, digest), name);
        Assert.Equal(policy, name.DefaultPolicy);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" redis")]
    [InlineData("Redis")]
    [InlineData("redis:")]
    [InlineData("redis:-1")]
    [InlineData("redis@sha256:abc")]
    [InlineData("redis@" + Digest + "@" + Digest)]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a..b")]
    [InlineData("a___b")]
    [InlineData("a-")]
    [InlineData("host:99999/a")]
    [InlineData("-host.example/a")]
    [InlineData("ünïcode")]
    [InlineData("https://registry.example/app")]
    public void What_no_registry_would_take_is_none(string text) => Assert.False(ImageName.TryRead(text, out _));
}
