using FsCheck.Xunit;
using Gossip.Core.Pods.Configuration;

namespace Gossip.Runtimes.Processes.Tests;

public sealed class ExpansionTests
{
    static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { ["A"] = "1", ["B"] = "$(A)", ["EMPTY"] = "" };

    [Theory]
    [InlineData("$(A)", "1")]
    [InlineData("x$(A)$(A)y", "x11y")]
    [InlineData("$(B)", "$(A)")] // a value is not expanded again
    [InlineData("$(EMPTY)", "")]
    [InlineData("$(NONE)", "$(NONE)")]
    [InlineData("$()", "$()")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$1")]
    [InlineData("$$$$(A)", "$$(A)")]
    [InlineData("$A ${A} $", "$A ${A} $")]
    [InlineData("$(A", "$(A")]
    [InlineData("$(A$(A)", "$(A$(A)")] // the name is all up to the first bracket
    public void A_text_is_expanded_as_Kubernetes_does(string text, string expected) =>
        Assert.Equal(expected, Expansion.Expand(text, Variables));

    [Property]
    public bool A_text_whose_dollars_are_doubled_comes_back_as_it_was(string? text) =>
        text is null || Expansion.Expand(text.Replace("$", "$$", StringComparison.Ordinal), Variables) == text;
}
