using System.Diagnostics;
using System.Security.Cryptography;

namespace Gossip.Runtimes.Docker.Tests;

/// <summary>The checked-in programs are what their sources say, and change only on purpose.</summary>
public sealed class PauseImageTests
{
    [Theory]
    [InlineData("amd64", "a412098cad82d5b0bebe59992976a9bd9592243c611e57884744615fd10a2c8f")]
    [InlineData("x86_64", "a412098cad82d5b0bebe59992976a9bd9592243c611e57884744615fd10a2c8f")]
    [InlineData("arm64", "6456ebc125211144d4ef90f9789184db849b70f3a71a45ecf53302467e28858e")]
    [InlineData("aarch64", "6456ebc125211144d4ef90f9789184db849b70f3a71a45ecf53302467e28858e")]
    public void An_engine_gets_the_program_of_its_architecture(string architecture, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(PauseImage.Program(architecture))));

    [Fact]
    public void An_unknown_architecture_is_refused_by_its_name() =>
        Assert.Contains("riscv64", Assert.Throws<EngineFault>(() => PauseImage.Program("riscv64")).Message);

    [Fact]
    public async Task The_sources_build_the_programs_that_are_checked_in()
    {
        foreach (var tool in (string[])["x86_64-linux-gnu-as", "aarch64-linux-gnu-as"])
            Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, tool))),
                $"this machine has no {tool}");
        var folder = Directory.CreateTempSubdirectory("gossip-pause-");
        try
        {
            using var build = Process.Start("/bin/sh", [Source("build.sh"), folder.FullName]);
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, build.ExitCode);
            foreach (var architecture in (string[])["amd64", "arm64"])
                Assert.Equal(PauseImage.Program(architecture), await File.ReadAllBytesAsync(
                    Path.Combine(folder.FullName, $"pause-{architecture}"), TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static string Source(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gossip.sln"))) folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "src/Gossip.Runtimes.Docker/Pause", file);
    }
}
