using System.Globalization;
using System.Text;

namespace Gossip.Cli.Display;

/// <summary>
/// Text from outside as one line that a terminal only shows. A name or message with an escape sequence in it could move the cursor,
/// set the window's title or hide what is said; with a line break it could pose as a line of ours.
/// </summary>
static class ShownText
{
    /// <summary>
    /// The text with everything that a terminal acts on, or that has no shape of its own, written out: <c>\n</c>, <c>\r</c>, <c>\t</c>, and
    /// <c>\u001b</c> for other controls, direction marks, line separators and halves of surrogate pairs. All else stays as it is.
    /// </summary>
    public static string Of(string? text)
    {
        if (text is null) return "";
        var at = 0;
        while (at < text.Length && text[at] is >= ' ' and <= '~') at++;
        if (at == text.Length) return text;
        var shown = new StringBuilder(text, 0, at, text.Length + 16);
        while (at < text.Length)
        {
            var isWhole = Rune.TryGetRuneAt(text, at, out var rune);
            var length = isWhole ? rune.Utf16SequenceLength : 1;
            if (isWhole && IsPlain(rune)) shown.Append(text, at, length);
            else
                foreach (var unit in text.AsSpan(at, length)) shown.Append(Written(unit));
            at += length;
        }
        return shown.ToString();
    }

    static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    static string Written(char unit) => unit switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
    };
}
