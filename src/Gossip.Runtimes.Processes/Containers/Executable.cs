namespace Gossip.Runtimes.Processes.Containers;

/// <summary>Finds programs as execvp(3) does, but says what is wrong before anything was started.</summary>
static class Executable
{
    const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <exception cref="StartError">127 when there is no such file, 126 when it cannot be executed.</exception>
    public static string Find(string command, string searchPath, string workingDirectory)
    {
        if (command.Length == 0 || command.Contains('\0'))
            throw new StartError(StartError.Invalid, "command: the name of the program is empty or holds a zero byte");
        if (command.Contains('/'))
        {
            var path = Path.GetFullPath(command, workingDirectory);
            if (CanExecute(path)) return path;
            if (File.Exists(path)) throw new StartError(StartError.NotUsable, $"'{path}' is not executable (chmod +x)");
            if (Directory.Exists(path)) throw new StartError(StartError.NotUsable, $"'{path}' is a directory, not a program");
            throw new StartError(StartError.NotFound, $"'{path}' does not exist on this node");
        }
        if (TryFind(command, searchPath, workingDirectory) is { } found) return found;
        throw new StartError(StartError.NotFound, $"'{command}' was not found on this node in PATH ({searchPath})");
    }

    public static string? TryFind(string name, string searchPath, string workingDirectory)
    {
        foreach (var folder in searchPath.Split(':'))
        {
            var path = Path.GetFullPath(Path.Combine(folder, name), workingDirectory);
            if (CanExecute(path)) return path;
        }
        return null;
    }

    static bool CanExecute(string path) => OperatingSystem.IsLinux() && File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != 0;
}
