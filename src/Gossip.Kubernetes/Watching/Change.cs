using Gossip.Kubernetes.Api;
using Gossip.Kubernetes.Api.Http;

namespace Gossip.Kubernetes.Watching;

/// <summary>One object came, changed or went.</summary>
/// <param name="Before">Null for one that came.</param>
/// <param name="After">What it is now; of one that went, what it last was.</param>
sealed record Change(Shown? Before, Shown After, bool IsEnd)
{
    readonly Dictionary<ShownForm, ReadOnlyMemory<byte>> forms = [];

    /// <summary>What it is to one who sees only some objects; null when it is nothing.</summary>
    public string? TypeFor(Choice choice) => (Before is not null && choice.Sees(Before), !IsEnd && choice.Sees(After)) switch
    {
        (false, true) => "ADDED",
        (true, true) => "MODIFIED",
        (true, false) => "DELETED",
        _ => null,
    };

    /// <summary>Made by the first who asks, for all. Ages in a table are those of then.</summary>
    public ReadOnlyMemory<byte> In(ShownForm form, DateTimeOffset now)
    {
        if (form.Form == AnswerForm.Json) return After.Json;
        lock (forms)
        {
            if (!forms.TryGetValue(form, out var made)) forms[form] = made = form.Alone(After, now);
            return made;
        }
    }
}
