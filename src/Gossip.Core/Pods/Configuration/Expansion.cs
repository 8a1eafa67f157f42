using System.Text;

namespace Gossip.Core.Pods.Configuration;

/// <summary>Kubernetes' <c>$(NAME)</c> in commands, arguments and values; <c>$$</c> writes one dollar, an unknown name stays as it is.</summary>
static class Expansion
{
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        if (!text.Contains('$')) return text;
        var expanded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var following = i + 1 < text.Length ? text[i + 1] : '\0';
            var end = text[i] == '$' && following == '(' ? text.IndexOf(')', i) : -1;
            if (end >= 0)
            {
                var name = text[(i + 2)..end];
                expanded.Append(variables.TryGetValue(name, out var value) ? value : text[i..(end + 1)]);
                i = end;
                continue;
            }
            expanded.Append(text[i]);
            if (text[i] == '$' && following == '$') i++;
        }
        return expanded.ToString();
    }
}
