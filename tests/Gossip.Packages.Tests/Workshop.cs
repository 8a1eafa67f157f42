using System.Globalization;
using System.Security.Cryptography;

namespace Gossip.Packages.Tests;

/// <summary>
/// A folder outside the repository with the packages of this build as a feed, and room for apps that use them. Everything in it goes at
/// the end.
/// </summary>
public sealed class Workshop : IAsyncLifetime
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gossip-packages-");

    /// <summary>Never used before, so that no package of an older build can be taken for one of this.</summary>
    public string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.0.0-test.{DateTime.UtcNow:yyyyMMddHHmmss}");

    public string Root => folder.FullName;
    public string Feed => Path.Combine(Root, "feed");

    /// <summary>What `dotnet pack` printed.</summary>
    public string Packing { get; private set; } = "";

    /// <summary>A key of a cluster, as text.</summary>
    public string Key { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public async ValueTask InitializeAsync()
    {
        Packing = await Command.RunAsync(Repository.Root, [], "dotnet",
            "pack", "Gossip.sln", "-c", "Release", "-o", Feed, $"-p:PackageVersion={Version}", "--nologo", "-v", "quiet");
        // Besides the feed the machine's own sources hold, since nothing is cleared.
        await File.WriteAllTextAsync(Path.Combine(Root, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="gossip" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{MachinePackages}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes a new app from one of the SDK's templates, gives it the package, and makes the given text its Program.cs.</summary>
    /// <returns>The app's folder.</returns>
    public async Task<string> NewAppAsync(string template, string name, string program, params string[] properties)
    {
        var app = Path.Combine(Root, name);
        await DotnetAsync(Root, "new", template, "-n", name, "-o", app, "--no-restore");
        if (File.Exists(Path.Combine(app, "Worker.cs"))) File.Delete(Path.Combine(app, "Worker.cs")); // the template's own work
        await File.WriteAllTextAsync(Path.Combine(app, "Program.cs"), program);
        var project = Path.Combine(app, $"{name}.csproj");
        var text = await File.ReadAllTextAsync(project);
        var added = $"""
              <PropertyGroup>{string.Concat(properties)}</PropertyGroup>
              <ItemGroup><PackageReference Include="Gossip" Version="{Version}" /></ItemGroup>
            </Project>
            """;
        await File.WriteAllTextAsync(project, text.Replace("</Project>", added, StringComparison.Ordinal));
        return app;
    }

    /// <summary>Runs the SDK with packages of its own, besides those that the machine has.</summary>
    public Task<string> DotnetAsync(string where, params IEnumerable<string> arguments) =>
        Command.RunAsync(where, [$"NUGET_PACKAGES={Path.Combine(Root, "packages")}"], "dotnet", arguments);

    static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}

/// <summary>All tests of this project: one after the other, over the same packages.</summary>
[CollectionDefinition(nameof(WorkshopCollection), DisableParallelization = true)]
public sealed class WorkshopCollection : ICollectionFixture<Workshop>;
