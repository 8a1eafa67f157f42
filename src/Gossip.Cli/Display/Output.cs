namespace Gossip.Cli.Display;

#pragma warning disable RS0030 // The one place that writes lines to the console.

/// <summary>
/// Lines on standard output and standard error. Each call writes one line, whatever is in the text (<see cref="ShownText"/>).
/// </summary>
static class Output
{
    /// <summary>Whether standard output is something other than a terminal: then nothing is drawn and nothing is cut.</summary>
    public static bool IsRedirected => Console.IsOutputRedirected;

    public static void Line(string text = "") => Console.Out.WriteLine(ShownText.Of(text));

    /// <summary>JSON by System.Text.Json's default encoder, which escapes all that a terminal could act on; its line breaks stay.</summary>
    public static void Json(string json) => Console.Out.WriteLine(json);

    /// <summary>A line for people on standard error, after the program's name.</summary>
    public static void Note(string text) => Console.Error.WriteLine($"gossip: {ShownText.Of(text)}");

    /// <summary>A line on standard error that belongs to the note before it.</summary>
    public static void Detail(string text) => Console.Error.WriteLine($"  {ShownText.Of(text)}");
}
