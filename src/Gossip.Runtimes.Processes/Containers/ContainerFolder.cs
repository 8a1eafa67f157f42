using System.Globalization;
using Gossip.Core.Primitives;
using Gossip.Core.Templates;
using Gossip.Runtimes.Pods;
using Gossip.Runtimes.Processes.Kernel;

namespace Gossip.Runtimes.Processes.Containers;

/// <summary>
/// What is kept of a container: <c>pid</c> (attempt, boot id of the machine, the first process's line of /proc) and
/// <c>exit</c> (the code), both written by the container's own shell; <c>log</c>, what it said, with <c>times</c>, when,
/// and both of the attempt before as <c>*.previous</c>; <c>work</c>, where it runs unless its manifest says otherwise;
/// <c>stdin</c>, a pipe, when the manifest wants one.
/// </summary>
/// <remarks>
/// The shell writes each file by one write(2) that ends with a newline. What does not end so was cut, and is taken
/// for not written: that is as atomic as a rename, and needs no program that a pod's own PATH might hide.
/// </remarks>
sealed class ContainerFolder(string path)
{
    const string Previous = ".previous";

    public static ContainerFolder Of(PodFolder pod, string container) => new(pod.ContainerPath(container));

    public string Path => path;
    public string LogPath => System.IO.Path.Combine(path, "log");
    public string TimesPath => System.IO.Path.Combine(path, "times");
    public string PreviousLogPath => LogPath + Previous;
    public string PreviousTimesPath => TimesPath + Previous;
    public string InputPath => System.IO.Path.Combine(path, "stdin");
    public string WorkPath => System.IO.Path.Combine(path, "work");
    string PidPath => System.IO.Path.Combine(path, "pid");
    string ExitPath => System.IO.Path.Combine(path, "exit");

    /// <summary>What the container reads: a pipe that stays open, when its manifest asks for one, or nothing.</summary>
    public string Input(ContainerSpec spec)
    {
        if (!spec.Stdin) return "/dev/null";
        File.Delete(InputPath);
        return Libc.MakePipe(InputPath) ? InputPath : throw new IOException($"cannot make the pipe {InputPath}");
    }

    /// <summary>The attempt that is recorded, whether or not it still runs; null when none ever began.</summary>
    public RecordedStart? ReadStart()
    {
        if (ReadLines(PidPath, out var at) is not [var attempt, var boot, var line]) return null;
        return int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && ProcessStat.Parse(line) is { } process
            ? new RecordedStart(number, boot == ProcessTable.BootId ? process : null, at)
            : null;
    }

    /// <summary>The exit code of the recorded attempt; null while it runs, or when its shell was killed.</summary>
    public RecordedExit? ReadExit() =>
        ReadLines(ExitPath, out var at) is [var code] && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RecordedExit(number, at)
            : null;

    /// <summary>Makes room for the next attempt: the last one's output is kept, its end forgotten.</summary>
    public void Begin()
    {
        OwnerOnly.CreateFolder(WorkPath);
        File.Delete(ExitPath);
        File.Delete(PreviousTimesPath);
        if (File.Exists(LogPath)) File.Move(LogPath, PreviousLogPath, overwrite: true);
        if (File.Exists(TimesPath)) File.Move(TimesPath, PreviousTimesPath);
    }

    static string[] ReadLines(string path, out WallTime writtenAt)
    {
        writtenAt = default;
        try
        {
            var text = File.ReadAllText(path);
            if (!text.EndsWith('\n')) return [];
            writtenAt = new WallTime(new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeMilliseconds());
            return text[..^1].Split('\n');
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

/// <param name="Process">The first process of the container; null when the machine was started anew since.</param>
sealed record RecordedStart(int Attempt, ProcessStat? Process, WallTime At);

sealed record RecordedExit(int Code, WallTime At);
