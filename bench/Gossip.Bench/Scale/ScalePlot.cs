using System.Globalization;
using System.Text;

namespace Gossip.Bench.Scale;

/// <summary>Each figure as a bar of virtual seconds, with a mark where the aim is, as an SVG of its own.</summary>
static class ScalePlot
{
    const int Row = 44, Left = 20, Top = 50, Width = 760;

    public static string Draw(IReadOnlyList<ScaleFigure> figures)
    {
        var most = Math.Max(1, figures.Max(figure => Math.Max(figure.Seconds, figure.AimSeconds)) * 1.1);
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width + 2 * Left + 60}" height="{Top + Row * figures.Count + 20}" font-family="sans-serif" font-size="12">""");
        Add(svg, $"""<rect width="100%" height="100%" fill="white"/><text x="{Left}" y="26" font-size="15">Virtual seconds, simulated with 200 ms gossip (dark line: the aim)</text>""");
        for (var i = 0; i < figures.Count; i++)
        {
            var (figure, y) = (figures[i], Top + i * Row);
            Add(svg, $"""<text x="{Left}" y="{y + 12}">{figure.What}, {figure.Nodes} nodes</text>""");
            Add(svg, $"""<rect x="{Left}" y="{y + 18}" width="{Width * figure.Seconds / most:F1}" height="14" fill="{(figure.AimSeconds > 0 && figure.Seconds > figure.AimSeconds ? "#b8bec8" : "#d9601a")}"/>""");
            Add(svg, $"""<text x="{Left + Width * figure.Seconds / most + 6:F1}" y="{y + 29}">{figure.Seconds:F2} s</text>""");
            if (figure.AimSeconds > 0) Add(svg, $"""<line x1="{Left + Width * figure.AimSeconds / most:F1}" x2="{Left + Width * figure.AimSeconds / most:F1}" y1="{y + 15}" y2="{y + 35}" stroke="#222" stroke-width="2"/>""");
        }
        return svg.Append("</svg>\n").ToString();
    }

    static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
