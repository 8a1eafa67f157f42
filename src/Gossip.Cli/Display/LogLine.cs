using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Gossip.Cli.Display;

/// <summary>
/// A node's log as people read it: <c>12:00:00.000 info: CATEGORY[ID] text</c>, one line for each entry. Entries quote what other
/// nodes and pods said, so they are shown as any text from outside is.
/// </summary>
sealed class LogLine() : ConsoleFormatter(Name)
{
    public new const string Name = "gossip";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        writer.Write(DateTime.Now.ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture));
        writer.Write(Level(entry.LogLevel));
        writer.Write($": {entry.Category}[{entry.EventId.Id.ToString(CultureInfo.InvariantCulture)}] ");
        writer.Write(ShownText.Of(entry.Formatter(entry.State, entry.Exception)));
        if (entry.Exception is { } exception) writer.Write($" {ShownText.Of(exception.ToString())}");
        writer.WriteLine();
    }

    static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
