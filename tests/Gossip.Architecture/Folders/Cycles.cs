namespace Gossip.Architecture.Folders;

/// <summary>The strongly connected components of a graph that have more than one node (Tarjan 1972).</summary>
static class Cycles
{
    public static IReadOnlyList<IReadOnlyList<string>> Of(IEnumerable<string> nodes, Func<string, IEnumerable<string>> targets)
    {
        var search = new Search(targets);
        foreach (var node in nodes) search.Visit(node);
        return search.Found;
    }

    sealed class Search(Func<string, IEnumerable<string>> targets)
    {
        readonly Dictionary<string, (int Index, int Low)> numbers = new(StringComparer.Ordinal);
        readonly HashSet<string> open = new(StringComparer.Ordinal);
        readonly Stack<string> path = new();

        public List<IReadOnlyList<string>> Found { get; } = [];

        public void Visit(string node)
        {
            if (numbers.ContainsKey(node)) return;
            var index = numbers.Count;
            numbers.Add(node, (index, index));
            path.Push(node);
            open.Add(node);
            foreach (var target in targets(node))
            {
                if (!numbers.ContainsKey(target)) Visit(target);
                else if (!open.Contains(target)) continue;
                numbers[node] = (index, Math.Min(numbers[node].Low, numbers[target].Low));
            }
            if (numbers[node].Low == index) Close(node);
        }

        void Close(string first)
        {
            var component = new List<string>();
            string node;
            do
            {
                node = path.Pop();
                open.Remove(node);
                component.Add(node);
            } while (node != first);
            if (component.Count == 1) return;
            component.Sort(StringComparer.Ordinal);
            Found.Add(component);
        }
    }
}
