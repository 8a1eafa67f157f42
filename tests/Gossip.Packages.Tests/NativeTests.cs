namespace Gossip.Packages.Tests;

/// <summary>A host app compiled ahead of time: one native file that needs no runtime.</summary>
[Collection(nameof(WorkshopCollection))]
public sealed class NativeTests(Workshop workshop)
{
    static readonly TimeSpan FirstRun = TimeSpan.FromSeconds(60);
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(30); // the host's own default, after which it gives up

    [Fact]
    public async Task The_lines_of_the_readme_compile_ahead_of_time_without_a_warning_and_run()
    {
        var app = await workshop.NewAppAsync("worker", "NativeApp", Readme.ConsoleProgram, "<PublishAot>true</PublishAot>");
        await workshop.DotnetAsync(app, "publish", "--nologo", "-v", "quiet", "-c", "Release", "-o", "out", "-warnaserror");
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(app, "out"), "*.dll"));

        await using var host = new HostProcess(app, [$"GOSSIP_KEY={workshop.Key}"], Path.Combine(app, "out", "NativeApp"));
        await host.PrintsAsync(FirstRun, "mailer 0 of 3", "mailer 1 of 3", "mailer 2 of 3");
        await host.EndsAsync(Grace);
    }
}
