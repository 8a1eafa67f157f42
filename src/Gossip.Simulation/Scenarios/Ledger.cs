using System.Globalization;
using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Simulation.Machines;

namespace Gossip.Simulation.Scenarios;

/// <summary>
/// Users who create, edit and delete small objects at any time, also during faults, and write down each value that was acknowledged. A
/// write that was made over another's value replaces that one; writes that did not see each other are concurrent, and any of them may win.
/// So the law needs no clocks: what stands in the end was never replaced by a write that was acknowledged.
/// </summary>
internal sealed class Ledger(World world, RandomStream random)
{
    public const string Rule = "VALUES";

    /// <summary>One object has so many fields, so that edits of different ones meet in one row.</summary>
    static readonly string[] Paths = ["data.a", "data.b"];

    /// <param name="Over">What the node that took it showed until then.</param>
    /// <param name="Disk">Which disk of that node promised it: the promise ends with the disk.</param>
    sealed record Write(string Value, string? Over, SimNode By, int Disk)
    {
        public bool IsAcknowledged { get; set; }
        public bool Stands => IsAcknowledged && By.Disks == Disk;
    }

    sealed class Thing(ObjectName name)
    {
        public ObjectName Name => name;
        public Uid? Uid { get; set; }
        public bool IsDeleteAsked { get; set; }
        public List<Write> Deletes { get; } = [];

        /// <summary>By path, in the order in which they were asked.</summary>
        public Dictionary<string, List<Write>> Writes { get; } =
            Paths.ToDictionary(path => path, _ => new List<Write>(), StringComparer.Ordinal);
    }

    readonly List<Thing> things = [];
    int serial;

    /// <summary>What happens once, with the next write that is acknowledged.</summary>
    public Action? WhenAcknowledged { get; set; }

    /// <summary>Users write about once a second until then.</summary>
    public void Begin(TimeSpan from, TimeSpan until)
    {
        for (var at = from; at < until; at += random.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2)))
            world.After(at, WriteSomething);
    }

    /// <summary>A new object, by one node; nobody asks again when that one does not answer. Its name is nobody else's.</summary>
    public void Create(SimNode node)
    {
        if (!node.IsUp || node.IsPaused) return;
        var thing = new Thing(new ObjectName("ConfigMap", "default", Next("note-")));
        things.Add(thing);
        foreach (var path in Paths) thing.Writes[path].Add(new Write(Next(""), null, node, node.Disks));
        Write[] writes = [.. thing.Writes.Values.Select(list => list[0])];
        node.Ask(new CreateObject(thing.Name, "v1", [.. Paths.Zip(writes, (path, write) => FieldOf(path, write.Value))]), reply =>
        {
            if (reply is not ObjectStored stored) return;
            thing.Uid = stored.Object.Uid;
            foreach (var write in writes) write.IsAcknowledged = true;
            Acknowledged("a create is acknowledged");
        });
    }

    /// <summary>One field of an object that the node shows gets a value that nothing else has.</summary>
    public void Edit(SimNode node, int which, string path)
    {
        var thing = things[which];
        if (!node.IsUp || node.IsPaused || node.Machine!.Slots.Objects.Find(thing.Name) is not { } held) return;
        var write = new Write(Next(""), Read(held, path), node, node.Disks);
        thing.Writes[path].Add(write);
        // Refused when another write of this node comes between: this one would take that one back unseen.
        var whole = Paths.Select(each => FieldOf(each, each == path ? write.Value : Read(held, each)));
        node.Ask(new ReplaceObject(thing.Name, held.Version, [.. whole]), reply =>
        {
            if (reply is not ObjectStored) return;
            write.IsAcknowledged = true;
            Acknowledged("an edit is acknowledged");
        });
    }

    public void Delete(SimNode node, int which)
    {
        var thing = things[which];
        if (!node.IsUp || node.IsPaused || node.Machine!.Slots.Objects.Find(thing.Name) is null) return;
        thing.IsDeleteAsked = true;
        var write = new Write("", null, node, node.Disks);
        thing.Deletes.Add(write);
        node.Ask(new DeleteObject(thing.Name, null), reply =>
        {
            if (reply is not Deleted) return;
            write.IsAcknowledged = true;
            Acknowledged("a delete is acknowledged");
        });
    }

    /// <summary>VALUES: after the heal each acknowledged object, value and deletion is there, unless a later write replaced it.</summary>
    public Shortcoming? WhyNot()
    {
        if (ClusterState.Someone(world) is not { } node) return null;
        foreach (var thing in things)
        {
            var held = thing.Uid is { } uid ? node.Machine!.Slots.Objects.Find(uid) : node.Machine!.Slots.Objects.Find(thing.Name);
            var because = held is null ? thing.IsDeleteAsked ? null : Missing(thing)
                : thing.Deletes.FirstOrDefault(delete => delete.Stands) is { } delete
                ? $"its deletion was acknowledged by {delete.By.Config.Card.Name}, and it is there"
                : Paths.Select(path => Wrong(thing, path, Read(held, path)))
                    .FirstOrDefault(wrong => wrong is not null);
            if (because is not null) return new Shortcoming(Rule, node, $"{thing.Name}: {because}");
        }
        return null;
    }

    static string? Missing(Thing thing) =>
        thing.Writes.Values.SelectMany(writes => writes).FirstOrDefault(write => write.Stands) is { } write
        ? $"{write.Value} was acknowledged by {write.By.Config.Card.Name}, and the object is gone"
        : null;

    static string? Wrong(Thing thing, string path, string shown)
    {
        var writes = thing.Writes[path];
        if (shown.Length == 0 && !writes.Any(write => write.Stands)) return null; // it went with the disks that had it
        if (writes.All(write => write.Value != shown)) return $"{path} is {shown}, which nobody wrote";
        foreach (var last in writes)
        {
            if (!last.Stands) continue;
            for (var over = last.Over; over is not null; over = writes.Find(write => write.Value == over)?.Over)
                if (over == shown) return $"{path} is {shown}, and {last.Value} was acknowledged over it by {last.By.Config.Card.Name}";
        }
        return null;
    }

    void Acknowledged(string what)
    {
        world.Sometimes.Count(what);
        var then = WhenAcknowledged;
        WhenAcknowledged = null;
        then?.Invoke();
    }

    void WriteSomething()
    {
        var node = world.Nodes[random.Below(world.Nodes.Length)];
        var (what, which) = (random.Below(10), things.Count == 0 ? -1 : random.Below(things.Count));
        if (which < 0 || what < 3) Create(node);
        else if (what < 9) Edit(node, which, Paths[random.Below(Paths.Length)]);
        else Delete(node, which);
    }

    string Next(string prefix) => prefix + (++serial).ToString(CultureInfo.InvariantCulture);

    static string Read(CatalogObject held, string path) => Encoding.UTF8.GetString(held.Json(path).Span).Trim('"');

    static ObjectField FieldOf(string path, string value) => new(path, Encoding.UTF8.GetBytes($"\"{value}\""));
}
