using Gossip.Cli.Display;
using Spectre.Console;

namespace Gossip.Cli.Tests;

/// <summary>One run of the command line in this process, with what it wrote.</summary>
sealed record VerbRun(int ExitCode, string Output, string Error)
{
    const int Wide = 400;

    /// <param name="server">What the environment names as the node to ask.</param>
    public static async Task<VerbRun> RunAsync(string? server, params string[] args)
    {
        var (output, error, screen) = (Console.Out, Console.Error, Screen.Console);
        var before = Environment.GetEnvironmentVariable("GOSSIP_SERVER");
        using StringWriter heard = new(), complained = new();
        try
        {
            Console.SetOut(heard);
            Console.SetError(complained);
            Screen.Console = On(heard);
            Environment.SetEnvironmentVariable("GOSSIP_SERVER", server);
            return new VerbRun(await CommandLine.RunAsync(args), heard.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
            Screen.Console = screen;
            Environment.SetEnvironmentVariable("GOSSIP_SERVER", before);
        }
    }

    /// <summary>A console that is no terminal, wide enough that nothing is cut.</summary>
    public static IAnsiConsole On(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = Wide;
        return console;
    }
}
