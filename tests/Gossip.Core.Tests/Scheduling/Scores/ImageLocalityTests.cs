using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Scores;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Scheduling.Scores;

/// <summary>Kubernetes' ImageLocality: 23 MB is nothing, 1,000 MB a container is all.</summary>
public class ImageLocalityTests
{
    const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    static int Score(string[] images, params HeldImage[] held) => new ImageLocalityScore().Score(
        Some.Template with { Images = [.. images.Select(NodeImages.IdOf)] }, Some.Node with { Images = new NodeImages(held) });

    static HeldImage Of(string name, long megabytes) => new(name, megabytes << 20);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(23, 0)]
    [InlineData(40, 17 * 1000 / 977)]
    [InlineData(140, 117 * 1000 / 977)]
    [InlineData(300, 277 * 1000 / 977)]
    [InlineData(1000, 1000)]
    [InlineData(9000, 1000)]
    public void The_score_grows_with_what_is_there(long megabytes, int score) => Assert.Equal(score, Score(["app:1"], Of("app:1", megabytes)));

    [Fact]
    public void Each_container_counts()
    {
        Assert.Equal(227 * 1000 / 1977, Score(["app:1", "db:2"], Of("app:1", 250)));
        Assert.Equal(477 * 1000 / 1977, Score(["app:1", "db:2"], Of("app:1", 250), Of("db:2", 250)));
        Assert.Equal(977 * 1000 / 1977, Score(["app:1", "db:2"], Of("app:1", 9000))); // one image is worth one container's share
    }

    [Fact]
    public void A_pod_without_images_does_not_care() => Assert.Equal(Scoring.Greatest, Score([]));

    [Fact]
    public void By_hearsay_nothing_is_known() =>
        Assert.Equal(0, new ImageLocalityScore().Score(Some.Template with { Images = [1] }, Some.Node with { Images = null }));

    [Theory]
    [InlineData("redis", "docker.io/library/redis:latest")]
    [InlineData("redis:7", "docker.io/redis:7")]
    [InlineData("team/app:1", "docker.io/team/app:1")]
    [InlineData("localhost:5000/app", "localhost:5000/app:latest")]
    [InlineData("redis:7@" + Digest, "redis@" + Digest)]
    public void One_image_has_one_id_however_it_is_written(string a, string b)
    {
        Assert.Equal(NodeImages.IdOf(a), NodeImages.IdOf(b));
        Assert.Equal(1000, Score([a], Of(b, 2000)));
    }

    [Theory]
    [InlineData("redis:7", "redis:6")]
    [InlineData("redis", "quay.io/library/redis")]
    [InlineData("redis@" + Digest, "redis")]
    public void Others_have_another(string a, string b) => Assert.NotEqual(NodeImages.IdOf(a), NodeImages.IdOf(b));

    [Fact]
    public void What_is_no_name_is_nobodys_image() => Assert.Equal(0, Score(["<none>:<none>"], Of("<none>:<none>", 2000)));

    [Fact]
    public void Of_very_many_the_largest_count()
    {
        var held = Enumerable.Range(1, NodeImages.Most + 100).Select(i => Of($"app:{i}", i + 100)).ToArray();
        Assert.Equal(0, Score(["app:1"], held));
        Assert.NotEqual(0, Score([$"app:{NodeImages.Most + 100}"], held));
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        var (pod, node) = (Some.Template with { Images = [NodeImages.IdOf("app:1")] }, Some.Node with { Images = new NodeImages([Of("app:1", 500)]) });
        var sum = Scoring.Score(pod, node);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) sum += Scoring.Score(pod, node);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }
}
