using System.CommandLine;
using System.Diagnostics;
using System.Text;

namespace Gossip.Bench.ProcessPods;

/// <summary>A container that says 10,000 lines of 100 bytes a second, evenly, until it is killed.</summary>
static class Chatter
{
    const int LinesAtOnce = 100, TimesASecond = 100;

    /// <summary>Called by the bench itself.</summary>
    public static Command Create()
    {
        var command = new Command("chatter") { Hidden = true };
        command.SetAction(_ => Run());
        return command;
    }

    static int Run()
    {
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", LinesAtOnce)));
        using var output = Console.OpenStandardOutput();
        var clock = Stopwatch.StartNew();
        for (var said = 0L; ; said++)
        {
            output.Write(lines);
            var ahead = TimeSpan.FromSeconds((double)(said + 1) / TimesASecond) - clock.Elapsed;
            if (ahead > TimeSpan.Zero) Thread.Sleep(ahead);
        }
    }
}
