using Gossip.Core.Primitives;

namespace Gossip.Kubernetes.Tests;

public class LabelSelectorTests
{
    static readonly Labels Web = Labels.Of(("app", "web"), ("tier", "front"));

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier=front", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("zone!=a", true)]
    [InlineData("app in (db, web)", true)]
    [InlineData("app notin (db,web),tier", false)]
    [InlineData("zone notin (a)", true)]
    [InlineData("tier", true)]
    [InlineData("!tier", false)]
    [InlineData("!zone, app in (web)", true)]
    [InlineData("app=", false)]
    public void It_selects_as_kubectl_does(string text, bool matches)
    {
        var selector = LabelSelector.Parse(text, out var problem);
        Assert.True(selector is not null, problem);
        Assert.Equal(matches, selector.Matches(Web));
    }

    [Theory]
    [InlineData("app in web")]
    [InlineData("=x")]
    [InlineData("a,,b")]
    [InlineData("app in (a")]
    [InlineData("a=b c")]
    [InlineData("a in (b) c")]
    public void It_says_what_it_cannot_read(string text)
    {
        Assert.Null(LabelSelector.Parse(text, out var problem));
        Assert.Contains("unable to parse", problem, StringComparison.Ordinal);
    }
}
