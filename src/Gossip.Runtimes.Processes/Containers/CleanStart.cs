using System.Diagnostics;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>
/// The words before a container's program that give it what shells between the node and the program would keep from it: signals as the
/// kernel has them, though the node ignores SIGPIPE and may have been started by <c>nohup</c>, and variables whose names a shell does
/// not take (<c>http.port</c>).
/// </summary>
static class CleanStart
{
    static readonly string? Env = Executable.TryFind("env", ContainerShell.SystemPath, "/");
    static readonly Lazy<bool> ResetsSignals = new(() => Env is not null && Succeeds(Env, "--default-signal", "true"));

    /// <summary>The program and its arguments, with those words before them.</summary>
    /// <remarks>
    /// Such variables are in the command line until the program runs, a moment later: the names of others stay in the environment.
    /// </remarks>
    public static IEnumerable<string> Of(IEnumerable<string> command, IReadOnlyDictionary<string, string> variables)
    {
        if (Env is null) return command;
        var words = new List<string> { Env };
        if (ResetsSignals.Value) words.Add("--default-signal");
        foreach (var (name, value) in variables)
            if (!IsOfShell(name)) words.Add($"{name}={value}");
        if (words.Count == 1) return command;
        var program = command.First();
        if (program.Contains('=')) words.AddRange([ContainerShell.ShellPath, "-c", "exec \"$@\"", "gossip-start"]); // no variable of env's
        return words.Concat(command);
    }

    /// <summary>A name that every shell hands on.</summary>
    static bool IsOfShell(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>Whether the tool knows the option; busybox' does not.</summary>
    static bool Succeeds(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start);
        process!.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
