namespace Gossip.Architecture.Ratchets;

static class Documentation
{
    // The compiler's own rule, which a package turns on by itself once nothing is left to find.
    const string Undocumented = "CS1591";

    public static IEnumerable<Offence> Missing(string folder)
    {
        var name = Path.GetFileName(folder);
        if (!folder.StartsWith("src/", StringComparison.Ordinal) || !ProjectSource.Of(name).IsPackable) yield break;
        foreach (var each in ProjectSource.Of(name).Diagnostics.Where(each => each.Id == Undocumented))
        {
            var span = each.Location.GetLineSpan();
            yield return new Offence(Measure.At(span.Path, span.StartLinePosition.Line + 1), each.GetMessage());
        }
    }
}
