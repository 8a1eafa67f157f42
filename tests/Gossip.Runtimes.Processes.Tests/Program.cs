using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Gossip.Runtimes.Processes.Tests;

/// <summary>
/// The tests' runner, or the helper that a test started: an entry of our own, since a helper that runs before Main, while the
/// program is still loading, waits for itself as soon as a second thread is needed.
/// </summary>
static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (await Helper.RunAsync(args)) return 0;
        return args.Contains("--server")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
