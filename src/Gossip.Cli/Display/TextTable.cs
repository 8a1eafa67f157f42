using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gossip.Cli.Display;

/// <summary>What a colour says.</summary>
enum Tone
{
    Plain,
    Good,
    Waiting,
    Bad,
    Quiet,
    Busy,
}

/// <summary>Text from anywhere, shown as it is in a colour.</summary>
readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);

    public Style Style => new(foreground: Tone switch
    {
        Tone.Good => Color.Green,
        Tone.Waiting => Color.Yellow,
        Tone.Bad => Color.Red,
        Tone.Quiet => Color.Grey,
        Tone.Busy => Color.Blue,
        _ => Color.Default,
    });

    public Text Draw() => new(ShownText.Of(Text), Style);
}

/// <summary>A table without lines, as kubectl prints: headings, and rows of <see cref="Cell"/>.</summary>
sealed class TextTable
{
    readonly Table table = new() { Border = TableBorder.None };

    public TextTable(params IEnumerable<string> columns)
    {
        foreach (var column in columns) table.AddColumn(new TableColumn(new Cell(column).Draw()));
    }

    public void Add(params IEnumerable<Cell> row) => table.Rows.Add(row.Select(cell => cell.Draw()));

    public IRenderable Draw() => table;

    /// <summary>Several cells as one line.</summary>
    public static IRenderable Line(params Cell[] cells)
    {
        var line = new Paragraph();
        foreach (var cell in cells) line.Append(ShownText.Of(cell.Text), cell.Style);
        return line;
    }
}
