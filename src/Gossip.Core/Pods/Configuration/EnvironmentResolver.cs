using System.Collections.Immutable;
using Gossip.Core.Model;

namespace Gossip.Core.Pods.Configuration;

/// <summary>
/// A container's variables as they are when it starts: <c>POD_IP</c>, then the manifest's in their order, each of
/// which may refer to those before it. Pure: what the manifest says and what the tables hold in, names and values out.
/// </summary>
static class EnvironmentResolver
{
    /// <param name="problem">The variable that cannot be given, and why; empty when all is well.</param>
    public static ImmutableArray<KeyValuePair<string, string>> Resolve(PodLaunch launch, ContainerSpec container, string ip, out string problem)
    {
        problem = "";
        var values = new Dictionary<string, string>(StringComparer.Ordinal); // looked up only
        var names = new List<string>();
        Put("POD_IP", ip);
        foreach (var variable in container.Environment)
        {
            if (variable.Name.Length == 0 || variable.Name.AsSpan().ContainsAny('=', '\0')) problem = $"env '{variable.Name}': not a name of a variable";
            var value = variable.FieldPath is null ? Expansion.Expand(variable.Value, values) : PodField.Read(variable.FieldPath, launch, ip);
            if (value is null) problem = $"env '{variable.Name}': fieldRef '{variable.FieldPath}' is not known here";
            else if (value.Contains('\0')) problem = $"env '{variable.Name}': the value holds a zero byte";
            if (problem.Length > 0) return [];
            Put(variable.Name, value!);
        }
        return [.. names.Select(name => KeyValuePair.Create(name, values[name]))];

        void Put(string name, string value)
        {
            if (values.TryAdd(name, value)) names.Add(name);
            else values[name] = value;
        }
    }
}
