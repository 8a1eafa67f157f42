using System.Collections.Immutable;
using System.Numerics;

namespace Gossip.Core.Tables;

/// <summary>
/// The last few things that happened to a pod, for its status. Failures of a probe come every few seconds for as long as a
/// pod lives: the status tells their count when it has doubled, and with it their latest words, so that n of them
/// are log n writes.
/// </summary>
sealed class PodNotes
{
    readonly record struct Entry(string Reason, string Container, string Subject, string Told, int Count);

    readonly List<Entry> entries = [];

    public ImmutableArray<PodNote> Told { get; private set; } = [];

    /// <param name="subject">What makes two notes of a reason different: "Liveness probe failed".</param>
    /// <param name="detail">May differ from one time to the next.</param>
    public void Add(string reason, string container, string subject, string detail = "")
    {
        var at = entries.FindIndex(entry => entry.Reason == reason && entry.Container == container && entry.Subject == subject);
        var count = 1;
        if (at >= 0)
        {
            count = entries[at].Count + 1;
            entries[at] = entries[at] with { Count = count };
            if (!BitOperations.IsPow2(count)) return;
            entries.RemoveAt(at);
        }
        else if (entries.Count == AdmissionCodec.NotesMax) entries.RemoveAt(0);
        entries.Add(new Entry(reason, container, subject, detail.Length == 0 ? subject : $"{subject}: {detail}", count));
        Told = [.. entries.Select(entry => new PodNote(entry.Reason, entry.Container, entry.Told, LastPowerOf2(entry.Count)))];
    }

    static int LastPowerOf2(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)count + 1) / 2;

    /// <summary>As an earlier life of the node told them.</summary>
    public void Recall(ImmutableArray<PodNote> told)
    {
        if (entries.Count > 0) return;
        foreach (var note in told)
            entries.Add(new Entry(note.Reason, note.Container, note.Subject, note.Message, note.Count));
        Told = told;
    }
}
