using Gossip.Architecture.Folders;
using Gossip.Architecture.Ratchets;
using Gossip.Architecture.Surface;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Gossip.Architecture;

/// <summary>
/// The tests' runner; or, by the first word, a tool: `graph` prints the folder graph of Gossip.Core, `folders` and `ratchets` write
/// the files of these names.
/// </summary>
static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["graph", ..]: return GraphCommand.Run(args[1..]);
            case ["folders"]: return FoldersCommand.Run();
            case ["surface", ..]: return SurfaceCommand.Run(args[1..]);
            case ["ratchets", ..]: return RatchetCommand.Run(args[1..]);
        }
        return args.Contains("--server")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
