using Gossip.Core.Templates;

namespace Gossip.Runtimes.Docker.Tests;

public sealed class ImagesTests
{
    const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("redis", "redis", "latest")]
    [InlineData("team/app:v1.2_x", "team/app", "v1.2_x")]
    [InlineData("registry.k8s.io/redis:e2e", "registry.k8s.io/redis", "e2e")]
    [InlineData("host:5000/a/b", "host:5000/a/b", "latest")]
    [InlineData("localhost/a:1", "localhost/a", "1")]
    [InlineData("quay.io/a@" + Digest, "quay.io/a", Digest)]
    [InlineData("quay.io/a:1@" + Digest, "quay.io/a", Digest)]
    public void A_pull_names_repository_and_version(string text, string repository, string version) =>
        Assert.Equal((repository, version), Images.PullOf(Read(text)));

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("a b")]
    [InlineData("a:")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("-a")]
    [InlineData("a@sha256:short")]
    [InlineData("a:tag:tag")]
    [InlineData("https://host/a")]
    [InlineData("a\n")]
    public void What_is_no_name_is_not_read(string text) => Assert.False(ImageName.TryRead(text, out _));

    [Theory]
    [InlineData("redis", "docker.io", true)]
    [InlineData("redis", "https://index.docker.io/v1/", true)]
    [InlineData("redis", "quay.io", false)]
    [InlineData("host:5000/a", "host:5000", true)]
    [InlineData("host:5000/a", "http://HOST:5000/v2/", true)]
    [InlineData("host:5000/a", "host", false)]
    [InlineData("evil.io/docker.io/a", "docker.io", false)]
    public void Credentials_go_to_the_registry_that_they_are_for_and_no_other(string image, string registry, bool are) =>
        Assert.Equal(are, Images.IsAt(Read(image), registry));

    static ImageName Read(string text)
    {
        Assert.True(ImageName.TryRead(text, out var name));
        return name;
    }
}
