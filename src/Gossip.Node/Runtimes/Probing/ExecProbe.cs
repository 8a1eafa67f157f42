using System.Text;
using Gossip.Core.Ports;
using Gossip.Core.Templates;
using Gossip.Node.Streams;

namespace Gossip.Node.Runtimes.Probing;

/// <summary>Passes when the command ends with 0; what it printed is the message.</summary>
static class ExecProbe
{
    public static async Task<Outcome> ActAsync(ExecAction action, RunAction asked, IPodRuntime runtime, CancellationToken cancel)
    {
        using var said = new Head(Prober.MessageMax);
        var code = await runtime.ExecAsync(asked.Pod, asked.Container, action.Command, new PodConsole(null, said, said, null), cancel).ConfigureAwait(false);
        return new Outcome(code == 0, code == 0 ? said.Text : $"exit code {code}{(said.Text.Length > 0 ? $": {said.Text}" : "")}");
    }

    /// <summary>Keeps the first bytes of what is written, and lets the rest go: a command may print for ever.</summary>
    sealed class Head(int most) : OutputStream
    {
        readonly byte[] kept = new byte[most];
        int length;

        public string Text
        {
            get
            {
                lock (kept) return Encoding.UTF8.GetString(kept, 0, length).Trim();
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (kept)
            {
                var taken = Math.Min(buffer.Length, most - length);
                buffer.Span[..taken].CopyTo(kept.AsSpan(length));
                length += taken;
            }
            return ValueTask.CompletedTask;
        }
    }
}
