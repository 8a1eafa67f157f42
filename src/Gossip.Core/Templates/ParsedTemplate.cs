using System.Collections.Immutable;

namespace Gossip.Core.Templates;

/// <summary>
/// The JSON of a pod template and what was read of it. Whoever checks a submission hands it on, and those behind read nothing twice:
/// they take it where its bytes are those that they hold, so that it can never stand for another template.
/// </summary>
public sealed class ParsedTemplate
{
    readonly ReadOnlyMemory<byte> json;
    readonly PodTemplateReader.Identity identity;

    ParsedTemplate(
        ReadOnlyMemory<byte> json, PodTemplateReader.Identity identity, PodTemplate? template, ImmutableArray<TemplateProblem> problems)
    {
        (this.json, this.identity) = (json, identity);
        (Template, Problems) = (template, problems);
    }

    /// <summary>Null when pods cannot be made of it.</summary>
    public PodTemplate? Template { get; }

    /// <summary>What is wrong with it, as far as a reader can take it in.</summary>
    public ImmutableArray<TemplateProblem> Problems { get; }

    /// <summary>Reads a template; never throws.</summary>
    /// <param name="json">UTF-8; kept, so it must not change.</param>
    /// <param name="identity">What it is identified by.</param>
    public static ParsedTemplate Read(ReadOnlyMemory<byte> json, PodTemplateReader.Identity identity)
    {
        var template = PodTemplateReader.TryRead(json, identity, out var problems);
        return new ParsedTemplate(json, identity, template, problems);
    }

    /// <summary>The earlier reading where it is of these bytes, else a new one.</summary>
    internal static ParsedTemplate Read(ReadOnlyMemory<byte> json, PodTemplateReader.Identity identity, ParsedTemplate? earlier) =>
        earlier is not null && earlier.identity == identity && earlier.json.Span.SequenceEqual(json.Span) ? earlier : Read(json, identity);
}
