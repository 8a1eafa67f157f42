using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Gossip.EndToEnd;

/// <summary>The first thing that a newcomer runs. It must hold, and leave nothing behind, whatever happens to it.</summary>
public class DemoTests
{
    [Fact]
    public async Task The_demo_holds_every_step_and_leaves_nothing()
    {
        using var leftovers = new Leftovers();
        var outcome = await GossipProgram.RunAsync("demo", "--json");
        TestContext.Current.TestOutputHelper?.WriteLine(outcome.Output + outcome.Error);
        using var report = JsonDocument.Parse(outcome.Output);
        Assert.All(report.RootElement.GetProperty("steps").EnumerateArray(), step =>
            Assert.True(step.GetProperty("held").GetBoolean(), step.ToString()));
        Assert.Equal(0, outcome.ExitCode);
        leftovers.AssertNone();
    }

    [Fact]
    public async Task A_demo_interrupted_halfway_leaves_nothing()
    {
        using var leftovers = new Leftovers();
        using var demo = Process.Start(GossipProgram.With("demo"))!;
        var errors = demo.StandardError.ReadToEndAsync();
        // Plain lines, since this is no terminal; by the first step that held, nodes run.
        while (await demo.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("ok", StringComparison.Ordinal)) { }
        using (var kill = Process.Start("kill", ["-INT", demo.Id.ToString()])) await kill.WaitForExitAsync();
        await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();
        Assert.True(demo.ExitCode != 0, await errors);
        Assert.DoesNotContain("   at ", await errors); // no stack trace
        leftovers.AssertNone();
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_words()
    {
        using var leftovers = new Leftovers();
        using var taken = TakePortWithRoomAbove();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var outcome = await GossipProgram.RunAsync("demo", "--port", port.ToString());
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(port.ToString(), outcome.Output + outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Output + outcome.Error);
        leftovers.AssertNone();
    }

    /// <summary>The demo takes the ports that follow, too: where there are none, it would refuse for another reason.</summary>
    static TcpListener TakePortWithRoomAbove()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            if (((IPEndPoint)listener.LocalEndpoint).Port <= 65000) return listener;
            listener.Dispose();
        }
    }

    /// <summary>What demos leave on a machine: folders of theirs, and processes that run from them.</summary>
    sealed class Leftovers : IDisposable
    {
        readonly DirectoryInfo temporary = Directory.CreateTempSubdirectory("gossip-demo-test-");
        readonly string? before = Environment.GetEnvironmentVariable("TMPDIR");

        public Leftovers() => Environment.SetEnvironmentVariable("TMPDIR", temporary.FullName);

        public void AssertNone()
        {
            Assert.Empty(temporary.EnumerateFileSystemInfos("gossip-*"));
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
                Assert.DoesNotContain(temporary.FullName, Read(process + "/cmdline") + Read(process + "/environ").Replace($"TMPDIR={temporary.FullName}", "", StringComparison.Ordinal));
        }

        static string Read(string path)
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }

        public void Dispose()
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
            temporary.Delete(recursive: true);
        }
    }
}
