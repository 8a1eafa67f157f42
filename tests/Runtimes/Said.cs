using System.Text;

namespace Gossip.Tests.Runtimes;

/// <summary>The end of a console that a test listens at.</summary>
sealed class Said : MemoryStream
{
    readonly Lock gate = new();

    public string Text
    {
        get
        {
            lock (gate) return Encoding.UTF8.GetString(ToArray());
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (gate) Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public async Task UntilAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!Text.Contains(text, StringComparison.Ordinal)) await Task.Delay(5, patience.Token);
    }
}
