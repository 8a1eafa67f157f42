using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Tests.Hosting;

/// <summary>A line of a log.</summary>
sealed record LogLine(string Category, LogLevel Level, string Text, Exception? Exception);

/// <summary>Keeps every line that is logged, and has tests wait for one.</summary>
sealed class LogCapture : ILoggerFactory, ILoggerProvider
{
    readonly ConcurrentQueue<LogLine> lines = [];

    public IEnumerable<LogLine> Lines => lines;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose() { }

    /// <summary>The first line that fits, within a bound for broken code.</summary>
    public async Task<LogLine> AwaitAsync(Func<LogLine, bool> fits, double seconds = 60)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); DateTime.UtcNow < until;)
        {
            if (lines.FirstOrDefault(fits) is { } line) return line;
            await Task.Delay(20);
        }
        var all = string.Join('\n', lines.Select(line => $"{line.Level} {line.Category} {line.Text}"));
        throw new TimeoutException($"no such line within {seconds} s; there are:\n{all}");
    }

    sealed class Logger(string category, ConcurrentQueue<LogLine> into) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            into.Enqueue(new LogLine(category, logLevel, formatter(state, exception), exception));
    }
}
