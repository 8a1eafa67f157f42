using Gossip.Core.Templates;

namespace Gossip.Core.Tests.Templates;

public class NameGrammarTests
{
    static readonly string Label63 = new('a', 63), Name253 = string.Join('.', Label63, Label63, Label63, new string('b', 61));

    /// <summary>The name, and which of label, service, name, port, key, value and config key it may be: l s n p k v c.</summary>
    [Theory]
    [InlineData("", "v")]
    [InlineData("a", "lsnpkvc")]
    [InlineData("7", "lnkvc")]
    [InlineData("a-b", "lsnpkvc")]
    [InlineData("a--b", "lsnkvc")]
    [InlineData("-a", "c")]
    [InlineData("a-", "c")]
    [InlineData("-", "c")]
    [InlineData("A", "kvc")]
    [InlineData("a_b", "kvc")]
    [InlineData("_a", "c")]
    [InlineData("a.b", "nkvc")]
    [InlineData("a..b", "kvc")]
    [InlineData(".a", "c")]
    [InlineData("a.", "c")]
    [InlineData(".", "")]
    [InlineData("..", "")]
    [InlineData("..a", "")]
    [InlineData("1.2.3.4", "nkvc")]
    [InlineData("a.-b", "kvc")]
    [InlineData("x.example/a", "k")]
    [InlineData("x.example/A_b.c", "k")]
    [InlineData("X.example/a", "")]
    [InlineData("x.example/", "")]
    [InlineData("/a", "")]
    [InlineData("a/b/c", "")]
    [InlineData("ä", "")]
    [InlineData("a b", "")]
    [InlineData("a\n", "")]
    [InlineData("a\0", "")]
    [InlineData("１", "")] // a digit, but not ASCII's
    [InlineData("abcdefghijklmno", "lsnpkvc")]
    [InlineData("abcdefghijklmnop", "lsnkvc")]
    public void Each_name_is_what_kubernetes_lets_it_be(string text, string kinds) => Assert.Equal(kinds, Kinds(text));

    [Fact]
    public void Lengths_are_bounded()
    {
        Assert.Equal("lsnkvc", Kinds(Label63));
        Assert.Equal("c", Kinds($"{Label63}a"));
        Assert.Equal(253, Name253.Length);
        Assert.Equal("nc", Kinds(Name253));
        Assert.Equal("", Kinds($"{Name253}b"));
        Assert.Equal("k", Kinds($"{Name253}/{Label63}"));
        Assert.Equal("", Kinds($"{Name253}/{Label63}a"));
        Assert.Equal("", Kinds(new string('.', 1 << 20)));
    }

    [Fact]
    public void Looking_allocates_nothing()
    {
        // Code that is not compiled for good yet may allocate.
        Assert.Contains(0, Enumerable.Range(0, 10).Select(_ => Allocated()));

        static long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) Look();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        static bool Look() =>
            NameGrammar.IsDnsName(Name253) & NameGrammar.IsLabelKey("example.com/some.key") & NameGrammar.IsLabelValue("a.b_c-D")
            & NameGrammar.IsPortName("http") & NameGrammar.IsServiceName("web") & NameGrammar.IsConfigKey("app.conf");
    }

    static string Kinds(string text)
    {
        (string Kind, bool Is)[] kinds =
        [
            ("l", NameGrammar.IsDnsLabel(text)), ("s", NameGrammar.IsServiceName(text)), ("n", NameGrammar.IsDnsName(text)),
            ("p", NameGrammar.IsPortName(text)), ("k", NameGrammar.IsLabelKey(text)), ("v", NameGrammar.IsLabelValue(text)),
            ("c", NameGrammar.IsConfigKey(text)),
        ];
        return string.Concat(kinds.Where(one => one.Is).Select(one => one.Kind));
    }
}
