namespace Gossip.Packages.Tests;

/// <summary>What a new user does: a new app, the package, and the README's lines.</summary>
[Collection(nameof(WorkshopCollection))]
public sealed class FreshAppTests(Workshop workshop)
{
    // What comes with the package besides the framework's extensions: no runtime but the host's own, no Docker, no Kubernetes.
    static readonly HashSet<string> MayCome = new(StringComparer.Ordinal)
    {
        "Gossip.Core", "Gossip.Node", "MessagePack", "MessagePack.Annotations", "Microsoft.NET.StringTools",
        "System.Diagnostics.EventLog", "System.Diagnostics.EventLog.Messages",
    };

    static readonly TimeSpan FirstRun = TimeSpan.FromSeconds(60); // three copies start within seconds; a busy machine takes longer
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(30); // the host's own default, after which it gives up

    [Theory]
    [InlineData("worker", "ConsoleApp")]
    [InlineData("web", "WebApp")]
    public async Task The_lines_of_the_readme_run_as_they_stand_on_one_host_alone(string template, string name)
    {
        var app = await workshop.NewAppAsync(template, name, template == "web" ? Readme.WebProgram : Readme.ConsoleProgram);
        await workshop.DotnetAsync(app, "build", "--nologo", "-v", "quiet", "-c", "Release", "-o", "out", "-warnaserror");

        string[] environment = [$"GOSSIP_KEY={workshop.Key}", "ASPNETCORE_URLS=http://127.0.0.1:0"];
        await using var host = new HostProcess(app, environment, "dotnet", $"out/{name}.dll");
        await host.PrintsAsync(FirstRun, "mailer 0 of 3", "mailer 1 of 3", "mailer 2 of 3");
        await host.EndsAsync(Grace);

        Assert.Empty(Unexpected(Path.Combine(app, "out"), name));
    }

    static IEnumerable<string> Unexpected(string folder, string app) =>
        from file in Directory.EnumerateFiles(folder, "*.dll", SearchOption.AllDirectories)
        let name = Path.GetFileNameWithoutExtension(file)
        where name != app && !MayCome.Contains(name)
        where !name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        select Path.GetRelativePath(folder, file);
}
