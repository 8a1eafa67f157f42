using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gossip.Cli.Display;

#pragma warning disable RS0030 // The one place that has the console that draws.

/// <summary>
/// The terminal as something to draw on. What is drawn are tables and styled text (<see cref="TextTable"/>), never markup: markup that
/// holds a name of somebody else's is a crash, or a lie in colour.
/// </summary>
static class Screen
{
    const int RedirectedWidth = 200; // a table in a file has no edge to wrap at

    /// <summary>The terminal; a test puts its own in this place.</summary>
    public static IAnsiConsole Console { get; set; } = Create();

    /// <summary>Whether there is a terminal that can show what changes.</summary>
    public static bool IsLive => Console.Profile.Capabilities.Interactive && !Output.IsRedirected;

    public static void Draw(IRenderable what) => Console.Write(what);

    static IAnsiConsole Create()
    {
        var console = AnsiConsole.Console;
        if (Output.IsRedirected) console.Profile.Width = RedirectedWidth;
        return console;
    }
}
