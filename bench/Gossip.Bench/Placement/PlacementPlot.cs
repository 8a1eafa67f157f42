using System.Globalization;
using System.Text;

namespace Gossip.Bench.Placement;

/// <summary>Pods a second by workload and size, ours beside the central baseline, on a logarithmic axis, as an SVG of its own.</summary>
static class PlacementPlot
{
    const int Bar = 12, Gap = 30, Left = 70, Top = 70, Height = 300;
    const double Least = 10, Most = 100_000;

    static readonly string[] Ours = ["#f0b48c", "#e38a4e", "#d9601a"], Central = ["#c6cbd3", "#98a1af", "#6f7a8a"];

    public static string Draw(IReadOnlyList<Placed> figures)
    {
        var workloads = figures.Select(figure => figure.Workload).Distinct().ToArray();
        var sizes = figures.Select(figure => figure.Nodes).Distinct().ToArray();
        var group = Bar * 2 * sizes.Length + Gap;
        var width = Left + workloads.Length * group + Gap;
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{Top + Height + 60}" font-family="sans-serif" font-size="11">""");
        Add(svg, $"""<rect width="100%" height="100%" fill="white"/><text x="{Left}" y="22" font-size="15">Pods placed a second, on one core (logarithmic)</text>""");
        for (var i = 0; i < sizes.Length; i++)
        {
            Add(svg, $"""<rect x="{Left + i * 270}" y="36" width="11" height="11" fill="{Ours[i % 3]}"/><text x="{Left + i * 270 + 16}" y="46">the auction, {sizes[i]} nodes</text>""");
            Add(svg, $"""<rect x="{Left + i * 270 + 145}" y="36" width="11" height="11" fill="{Central[i % 3]}"/><text x="{Left + i * 270 + 161}" y="46">all scored, {sizes[i]}</text>""");
        }
        for (var mark = Least; mark <= Most; mark *= 10)
            Add(svg, $"""<line x1="{Left}" x2="{width - Gap / 2}" y1="{Y(mark)}" y2="{Y(mark)}" stroke="#eee"/><text x="{Left - 8}" y="{Y(mark) + 4}" text-anchor="end">{mark:N0}</text>""");
        for (var w = 0; w < workloads.Length; w++)
        {
            var x = Left + Gap / 2 + w * group;
            for (var i = 0; i < sizes.Length; i++)
            {
                if (figures.FirstOrDefault(figure => figure.Workload == workloads[w] && figure.Nodes == sizes[i]) is not { } figure) continue;
                Column(svg, x + 2 * i * Bar, figure.PodsPerSecond, Ours[i % 3]);
                Column(svg, x + (2 * i + 1) * Bar, figure.BaselinePodsPerSecond, Central[i % 3]);
            }
            Add(svg, $"""<text x="{x + Bar * sizes.Length}" y="{Top + Height + 18 + w % 2 * 14}" text-anchor="middle">{workloads[w]}</text>""");
        }
        return svg.Append("</svg>\n").ToString();
    }

    static void Column(StringBuilder svg, int x, double value, string colour) =>
        Add(svg, $"""<rect x="{x}" y="{Y(value):F1}" width="{Bar - 2}" height="{Top + Height - Y(value):F1}" fill="{colour}"><title>{value:F0}</title></rect>""");

    static double Y(double value) => Top + Height * (1 - Math.Log10(Math.Clamp(value, Least, Most) / Least) / Math.Log10(Most / Least));

    static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
