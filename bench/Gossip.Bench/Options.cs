using System.CommandLine;

namespace Gossip.Bench;

/// <summary>What several verbs take.</summary>
static class Options
{
    public static Option<bool> Json() => new("--json") { Description = "For machines" };

    public static Option<string?> Plot() => new("--plot") { Description = "Where to write a plot, as SVG" };
}
