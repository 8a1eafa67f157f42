using Gossip.Architecture.Folders;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Gossip.Architecture;

/// <summary>The tests' runner; with `graph`, a tool that prints the folder graph of Gossip.Core.</summary>
static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["graph", ..]) return GraphCommand.Run(args[1..]);
        return args.Contains("--server")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
