using System.Text;
using Gossip.Core.Primitives;
using Gossip.Core.Scheduling;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Templates;
using Gossip.Core.Tests.Scheduling;

namespace Gossip.Core.Tests.Templates;

public class BandwidthTests
{
    static PodTemplate? Read(string annotations, string amounts, out string problem)
    {
        var json = """{"metadata":{"annotations":{ANNOTATIONS}},"spec":{"runtimeClassName":"process","containers":[{"name":"a","command":["a"],"resources":{"requests":{AMOUNTS}}},{"name":"b","command":["b"],"resources":{"requests":{AMOUNTS}}}]}}"""
            .Replace("ANNOTATIONS", annotations, StringComparison.Ordinal).Replace("AMOUNTS", amounts, StringComparison.Ordinal);
        var template = PodTemplateReader.TryRead(Encoding.UTF8.GetBytes(json), out var found);
        problem = template is null ? found.ToString() : "";
        return template;
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "\"gossip.dev/bandwidth\":\"10M\"", 20_000_000)] // of both containers
    [InlineData("\"kubernetes.io/ingress-bandwidth\":\"5M\"", "", 5_000_000)]
    [InlineData("\"kubernetes.io/ingress-bandwidth\":\"5M\",\"kubernetes.io/egress-bandwidth\":\"1G\"", "", 1_000_000_000)]
    [InlineData("\"kubernetes.io/egress-bandwidth\":\"5M\"", "\"gossip.dev/bandwidth\":\"10M\"", 20_000_000)]
    [InlineData("\"kubernetes.io/egress-bandwidth\":\"50M\"", "\"gossip.dev/bandwidth\":\"10M\"", 50_000_000)]
    public void A_pod_asks_by_a_resource_or_by_kubernetes_annotations_whichever_is_more(string annotations, string amounts, long bits)
    {
        var template = Read(annotations, amounts, out var problem);
        Assert.Equal("", problem);
        Assert.Equal(bits, template!.Requests.CountOf(Resources.Bandwidth));
    }

    [Theory]
    [InlineData("fast", "is not a quantity")]
    [InlineData("-1M", "is negative")]
    [InlineData("100", "is not 1k to 1P bits a second")]
    [InlineData("2P", "is not 1k to 1P bits a second")]
    public void What_is_no_bandwidth_is_refused_with_the_annotations_name(string text, string why)
    {
        Assert.Null(Read($"\"kubernetes.io/egress-bandwidth\":\"{text}\"", "", out var problem));
        Assert.Contains("kubernetes.io/egress-bandwidth", problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    static Resources Room(long? bits) => Some.Room(4000, 4096, 10) with { Extended = bits is { } count ? [new(Resources.Bandwidth, count)] : [] };

    static PodTemplate Asking(long bits) => Some.Template with { Requests = Some.Room(100, 64) with { Extended = [new(Resources.Bandwidth, bits)] } };

    [Theory]
    [InlineData(100, 100, true)]
    [InlineData(101, 100, false)]
    [InlineData(1, 0, false)]
    [InlineData(1_000_000, null, true)]
    public void A_node_that_names_no_bandwidth_has_no_limit(long asked, int? free, bool fits) =>
        Assert.Equal(fits, new ResourceFilter().Check(Asking(asked), Some.Node with { Free = Room(free) }).Passes);

    [Fact]
    public void Any_other_resource_that_a_node_does_not_name_it_does_not_have() =>
        Assert.False(new ResourceFilter().Check(Some.Template with { Requests = Some.Room() with { Extended = [new("example.com/fpga", 1)] } }, Some.Node).Passes);

    [Theory]
    [InlineData(null)]
    [InlineData(1000)]
    public void The_books_give_back_what_they_took_and_stay_without_limit_where_there_was_none(int? bits)
    {
        var books = new Books(Room(bits));
        books.Admit(Some.Run(0), Asking(600), checkRoom: true);
        Assert.Equal(bits is null, ResourceFilter.Fits(Asking(600), books.Free));
        books.Reserve(new Claim { Run = Some.Run(1), Template = Asking(400) });
        Assert.Equal(bits is null, ResourceFilter.Fits(Asking(500), books.FreeOfBids));
        Assert.True(ResourceFilter.Fits(Asking(400), books.FreeOfBids));
        books.Remove(Some.Run(0));
        books.Remove(Some.Run(1));
        Assert.Equal(Room(bits), books.Free);
    }
}
