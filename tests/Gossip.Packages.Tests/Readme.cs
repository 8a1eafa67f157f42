namespace Gossip.Packages.Tests;

/// <summary>The program that README.md shows under "Embed it".</summary>
static class Readme
{
    const string Heading = "## Embed it", Indent = "    ";
    const string Web = "WebApplication.CreateBuilder(args)", Console = "Host.CreateApplicationBuilder(args)";

    /// <summary>As it stands: for an ASP.NET app.</summary>
    public static string WebProgram { get; } = Program();

    /// <summary>With the other builder that the comment beside it names.</summary>
    public static string ConsoleProgram { get; } = WebProgram.Replace($"= {Web}", $"= {Console}", StringComparison.Ordinal);

    // The first block of indented lines below the heading; empty lines do not end it.
    static string Program()
    {
        var block = File.ReadLines(Path.Combine(Repository.Root, "README.md"))
            .SkipWhile(each => each != Heading)
            .SkipWhile(each => !each.StartsWith(Indent, StringComparison.Ordinal))
            .TakeWhile(each => each.Length == 0 || each.StartsWith(Indent, StringComparison.Ordinal))
            .Select(each => each.Length == 0 ? each : each[Indent.Length..]);
        var program = string.Join("\n", block);
        Assert.Contains($"= {Web}", program, StringComparison.Ordinal);
        return program;
    }
}
