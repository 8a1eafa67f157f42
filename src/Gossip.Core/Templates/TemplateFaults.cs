using System.Collections.Immutable;
using System.Text.Json;
using Gossip.Core.Primitives;

namespace Gossip.Core.Templates;

/// <param name="Field">The path below the template: <c>spec.containers[0].resources.requests.cpu</c>.</param>
public readonly record struct TemplateProblem(string Field, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Field.Length == 0 ? Message : $"{Field}: {Message}";
}

/// <summary>
/// What is wrong with a template, gathered while it is read: reading goes on with a default, and its result is not
/// used. Its looks into JSON bound what they read.
/// </summary>
sealed class TemplateFaults
{
    /// <summary>As many as a reader can still take in.</summary>
    const int Max = 32;

    readonly List<TemplateProblem> found = [];

    public ImmutableArray<TemplateProblem> Found => [.. found];
    public bool IsEmpty => found.Count == 0;

    public void Refuse(string field, string message)
    {
        if (found.Count < Max) found.Add(new TemplateProblem(field, message));
    }

    public void RefuseIf(bool wrong, string field, string message)
    {
        if (wrong) Refuse(field, message);
    }

    /// <summary>The items of a list with their paths; one that is too long is refused and not read.</summary>
    public IEnumerable<(JsonElement Item, string Field)> Items(JsonElement of, string name, string parent, int most)
    {
        if (JsonTexts.Member(of, name, JsonValueKind.Array) is not { } items) yield break;
        var field = $"{parent}.{name}";
        if (items.GetArrayLength() > most)
        {
            Refuse(field, $"are {items.GetArrayLength()}, at most {most}");
            yield break;
        }
        var at = 0;
        foreach (var item in items.EnumerateArray()) yield return (item, $"{field}[{at++}]");
    }

    /// <summary>A whole number within bounds; null when it is not there, or refused.</summary>
    public long? Number(JsonElement of, string name, string parent, long least, long most)
    {
        if (JsonTexts.Member(of, name, JsonValueKind.Number) is not { } value) return null;
        if (value.TryGetInt64(out var number) && number >= least && number <= most) return number;
        Refuse($"{parent}.{name}", $"{value.GetRawText()} is not a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A text that must be there.</summary>
    public string Name(JsonElement of, string name, string parent, int most)
    {
        var text = JsonTexts.Text(of, name) ?? "";
        RefuseIf(text.Length == 0 || text.Length > most, $"{parent}.{name}", $"is missing, or longer than {most}");
        return text;
    }

    /// <summary>Refuses what is there a second time.</summary>
    public void Once(HashSet<string> seen, string text, string field)
    {
        if (text.Length > 0 && !seen.Add(text)) Refuse(field, $"\"{text}\" is there twice");
    }
}
