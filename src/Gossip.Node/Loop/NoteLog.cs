using Gossip.Core.Primitives;
using Microsoft.Extensions.Logging;

namespace Gossip.Node.Loop;

/// <summary>The machine's notes as structured log lines.</summary>
sealed partial class NoteLog(ILogger logger)
{
    public void Write(in NodeNote note)
    {
        switch (note.Level)
        {
            case NoteLevel.Debug: Debug(note.Event, note.Subject, note.Detail); break;
            case NoteLevel.Information: Information(note.Event, note.Subject, note.Detail); break;
            case NoteLevel.Warning: Warning(note.Event, note.Subject, note.Detail); break;
        }
    }

    [LoggerMessage(10, LogLevel.Debug, "{Event} {Subject}: {Detail}")]
    partial void Debug(string @event, string subject, string detail);

    [LoggerMessage(11, LogLevel.Information, "{Event} {Subject}: {Detail}")]
    partial void Information(string @event, string subject, string detail);

    [LoggerMessage(12, LogLevel.Warning, "{Event} {Subject}: {Detail}")]
    partial void Warning(string @event, string subject, string detail);
}
