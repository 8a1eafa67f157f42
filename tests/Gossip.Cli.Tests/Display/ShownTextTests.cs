using Gossip.Cli.Display;

namespace Gossip.Cli.Tests.Display;

public sealed class ShownTextTests
{
    [Theory]
    [InlineData("plain text, [red] and all", "plain text, [red] and all")]
    [InlineData("größer ≤ 漢字 🐚", "größer ≤ 漢字 🐚")]
    [InlineData("two\nlines\r\n\tand a tab", "two\\nlines\\r\\n\\tand a tab")]
    [InlineData("\u001b[2J\u001b]0;title\u0007", "\\u001b[2J\\u001b]0;title\\u0007")]
    [InlineData("\u009b31m\u007f\u0085", "\\u009b31m\\u007f\\u0085")] // C1 controls are escape sequences of one character
    [InlineData("a\u202egnp.exe", "a\\u202egnp.exe")] // would be read from right to left
    [InlineData("a\u2028b\u2029c\u200bd\ufeff", "a\\u2028b\\u2029c\\u200bd\\ufeff")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void A_terminal_only_shows_it(string? text, string shown) => Assert.Equal(shown, ShownText.Of(text));

    /// <summary>Not in the data above: an attribute keeps UTF-8, which has no form for it.</summary>
    [Fact]
    public void Half_of_a_surrogate_pair_is_written_out() =>
        Assert.Equal("half \\ud83d of a pair \\udc00", ShownText.Of("half \ud83d of a pair \udc00"));

    [Fact]
    public void No_character_of_any_plane_that_a_terminal_acts_on_is_left()
    {
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (code is >= 0xD800 and <= 0xDFFF) continue;
            var shown = ShownText.Of(char.ConvertFromUtf32(code));
            Assert.DoesNotContain(shown, char.IsControl);
        }
    }

    [Fact]
    public void A_line_of_output_is_one_line()
    {
        var before = Console.Out;
        using var heard = new StringWriter();
        try
        {
            Console.SetOut(heard);
            Output.Line("ready node\nready other \u001b[1m");
        }
        finally
        {
            Console.SetOut(before);
        }
        Assert.Equal($"ready node\\nready other \\u001b[1m{Environment.NewLine}", heard.ToString());
    }
}
