using System.Text;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

public class SelectorTests
{
    static readonly Labels Web = Labels.Of(("app", "web"), ("tier", "front"));

    [Theory]
    [InlineData("""{"app":"web"}""", true)] // a Service's, a ReplicationController's
    [InlineData("""{"app":"web","tier":"back"}""", false)]
    [InlineData("""{"matchLabels":{"app":"web"}}""", true)]
    [InlineData("""{"matchLabels":{"app":"db"}}""", false)]
    [InlineData("""{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"In","values":["front","middle"]}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"In","values":["back"]}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["back"]}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"zone","operator":"NotIn","values":["a"]}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"zone","operator":"In","values":["a"]}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"Exists"}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"zone","operator":"Exists"}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"zone","operator":"DoesNotExist"}]}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"tier","operator":"DoesNotExist","values":[]}]}""", false)]
    [InlineData("{}", true)]
    public void A_selector_matches_as_Kubernetes_says(string json, bool matches)
    {
        var selector = Selector.TryRead(Encoding.UTF8.GetBytes(json), out var problem);
        Assert.True(selector is not null, problem);
        Assert.Equal(matches, selector.Matches(Web));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("""{"app":{"x":1}}""")]
    [InlineData("""{"matchLabels":{"app":["x"]}}""")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"Like","values":["b"]}]}""")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"In"}]}""")]
    [InlineData("""{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}""")]
    [InlineData("""{"matchExpressions":[{"operator":"Exists"}]}""")]
    public void What_is_no_selector_is_refused_with_a_reason(string json)
    {
        Assert.Null(Selector.TryRead(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.NotEmpty(problem);
    }
}
