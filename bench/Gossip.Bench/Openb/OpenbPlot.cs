using System.Globalization;
using System.Text;

namespace Gossip.Bench.Openb;

/// <summary>GPU allocation at 130 % arrived demand as bars, ours last, as an SVG of its own.</summary>
static class OpenbPlot
{
    const int Bar = 18, Gap = 36, Left = 60, Top = 70, Height = 300;
    const double Least = 84, Most = 98; // the axis does not begin at 0, and says so

    static readonly string[] Colours = ["#d0d4da", "#b8bec8", "#a0a8b4", "#8892a0", "#6f7a8a", "#3f6fb5", "#d9601a"];

    public static string Draw(IReadOnlyList<OpenbFigures> figures)
    {
        var group = Bar * Colours.Length + Gap;
        var width = Left + figures.Count * group + Gap;
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{Top + Height + 70}" font-family="sans-serif" font-size="12">""");
        Add(svg, $"""<rect width="100%" height="100%" fill="white"/><text x="{Left}" y="24" font-size="15">GPU allocation at 130 % arrived demand, % of all GPUs (axis from {Least})</text>""");
        for (var i = 0; i < Colours.Length; i++)
            Add(svg, $"""<rect x="{Left + i * 105}" y="38" width="11" height="11" fill="{Colours[i]}"/><text x="{Left + i * 105 + 16}" y="48">{(i < Paper.Policies.Length ? Paper.Policies[i] : "Gossip")}</text>""");
        for (var percent = Least; percent <= Most; percent += 2)
            Add(svg, $"""<line x1="{Left}" x2="{width - Gap / 2}" y1="{Y(percent)}" y2="{Y(percent)}" stroke="#eee"/><text x="{Left - 8}" y="{Y(percent) + 4}" text-anchor="end">{percent}</text>""");
        for (var f = 0; f < figures.Count; f++)
        {
            var x = Left + Gap / 2 + f * group;
            var paper = Paper.Of(figures[f].Trace);
            for (var i = 0; i < Colours.Length; i++)
            {
                if (i < Paper.Policies.Length && paper is null) continue;
                var value = i < Paper.Policies.Length ? paper![i].At130 : figures[f].At130;
                Add(svg, $"""<rect x="{x + i * Bar}" y="{Y(value)}" width="{Bar - 3}" height="{Top + Height - Y(value)}" fill="{Colours[i]}"/>""");
                if (i >= Paper.Policies.Length - 1)
                    Add(svg, $"""<text transform="translate({x + i * Bar + 11},{Y(value) - 4}) rotate(-90)" font-size="10">{value:F2}</text>""");
            }
            Add(svg, $"""<text x="{x + Bar * Colours.Length / 2}" y="{Top + Height + 20}" text-anchor="middle">{figures[f].Trace}</text>""");
        }
        Add(svg, $"""<text x="{Left}" y="{Top + Height + 50}" fill="#555">The paper's six are central, with a perfect view; Gossip decides node by node on views up to 100 pods old.</text></svg>""");
        return svg.ToString();
    }

    static double Y(double percent) => Top + Height * (1 - (Math.Clamp(percent, Least, Most) - Least) / (Most - Least));

    static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
