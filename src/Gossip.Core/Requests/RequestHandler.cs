using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gossip.Core.Kinds;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Replication;
using Gossip.Core.Tables;
using Gossip.Core.Turns;
using Gossip.Core.View;

namespace Gossip.Core.Requests;

/// <summary>
/// Takes users' writes to the tables, and answers when they are durable and this node's views show them. Writes to
/// one name follow one another: each is judged by what the one before it left.
/// </summary>
sealed class RequestHandler(
    SlotTable slots, Gangs gangs, ITables tables, IRowWriter writer, WorkloadReader workloads, ViewBuilder views) : INodePart
{
    /// <summary>Writes that may wait for others of the same name.</summary>
    const int QueueMax = 256;

    readonly record struct Finished(RequestId Id, ObjectName Name, Uid Stored);

    readonly Dictionary<ObjectName, Queue<(RequestId Id, Request Request)>> busy = [];
    readonly List<Finished> finished = [];

    public ReadOnlySpan<Type> Questions => new[] { typeof(Look), typeof(CreateObject), typeof(ReplaceObject), typeof(DeleteObject) };

    public void OnQuestion(RequestId id, Request request, Turn turn)
    {
        if (request is Look)
        {
            turn.Reply(id, new Seen(views.Build(turn.Now)));
            return;
        }
        var name = NameOf(request);
        if (!busy.TryGetValue(name, out var waiting)) Begin(id, request, turn);
        else if (waiting.Count < QueueMax) waiting.Enqueue((id, request));
        else turn.Reply(id, new Refused(RefusedBecause.Unavailable, $"{QueueMax} writes wait for {name} already"));
    }

    /// <summary>The changes of this turn are in the slots and views: answers those whose writes they were, and goes on with the next.</summary>
    public void OnSettled(Turn turn)
    {
        if (finished.Count == 0) return;
        var stored = finished.ToArray();
        finished.Clear();
        workloads.Expect(null); // it is in the slots by now
        foreach (var (id, name, row) in stored)
        {
            // The row may be gone again by now: somebody elsewhere deleted it. The write itself held.
            turn.Reply(id, slots.Objects.Find(row) is { } written ? new ObjectStored(ViewBuilder.View(written)) : new Deleted(name));
            var waiting = busy[name];
            busy.Remove(name);
            while (waiting.TryDequeue(out var next))
            {
                Begin(next.Id, next.Request, turn);
                if (!busy.TryGetValue(name, out var begun)) continue;
                while (waiting.TryDequeue(out var later)) begun.Enqueue(later);
            }
        }
    }

    static ObjectName NameOf(Request request) => request switch
    {
        CreateObject create => create.Name,
        ReplaceObject replace => replace.Name,
        DeleteObject delete => delete.Name,
        _ => throw new InvariantBroken($"no rule for {request.GetType().Name}"),
    };

    void Begin(RequestId id, Request request, Turn turn)
    {
        var refused = request switch
        {
            CreateObject create => Create(id, create, turn),
            ReplaceObject replace => Replace(id, replace, turn),
            _ => Delete(id, (DeleteObject)request, turn),
        };
        if (refused is not null) turn.Reply(id, refused);
    }

    Reply? Create(RequestId id, CreateObject create, Turn turn)
    {
        if (ObjectRules.Check(create.Name, create.Fields, gangs, create.Template) is { } refused) return refused;
        if (slots.Objects.Find(create.Name) is not null) return new Refused(RefusedBecause.AlreadyExists, $"{create.Name} already exists");
        if (SecondDefault(create.Name, create.Fields) is { } second) return second;
        List<(string, ReadOnlyMemory<byte>)> cells = [(Fields.Birth, new ObjectBirth(create.Name, create.ApiVersion).ToBytes())];
        foreach (var field in create.Fields)
            if (!ObjectRules.IsNull(field)) cells.Add((field.Path, field.Json));
        Occupy(create.Name);
        workloads.Expect(create.Template);
        writer.Create(RowKind.Object, [.. cells], turn, Finish(id, create.Name));
        return null;
    }

    Reply? Replace(RequestId id, ReplaceObject replace, Turn turn)
    {
        if (ObjectRules.Check(replace.Name, replace.Fields, gangs, replace.Template) is { } refused) return refused;
        var kind = ObjectKinds.Of(replace.Name);
        if (kind.NeedsConsent) return Guarded(replace.Name);
        if (slots.Objects.Find(replace.Name) is not { } held) return NotFound(replace.Name);
        if (replace.IfVersion != 0 && replace.IfVersion != held.Version)
            return new Refused(RefusedBecause.Conflict, $"{replace.Name} has changed since version {replace.IfVersion}: it is at {held.Version} now");
        if (SecondDefault(replace.Name, replace.Fields) is { } second) return second;
        foreach (var fixedField in kind.FixedFields)
            if (!held.Json(fixedField).Span.SequenceEqual(ObjectRules.Json(replace.Fields, fixedField).Span))
                return new Refused(
                    RefusedBecause.Invalid, $"{fixedField}: cannot be changed: delete the object and create it anew", fixedField);
        List<(string, ReadOnlyMemory<byte>)> cells = [];
        foreach (var field in replace.Fields)
            if (!ObjectRules.IsNull(field) && !held.Json(field.Path).Span.SequenceEqual(field.Json.Span)) cells.Add((field.Path, field.Json));
        foreach (var cell in held.Row)
            if (!cell.IsNull && !ObjectRules.IsReserved(cell.Field) && ObjectRules.Json(replace.Fields, cell.Field).IsEmpty) cells.Add((cell.Field, default));
        if (kind is WorkloadKind { IsScaled: true }) ChooseSkip(held, replace, turn.Now, cells);
        if (cells.Count == 0) return new ObjectStored(ViewBuilder.View(held));
        Occupy(replace.Name);
        workloads.Expect(replace.Template);
        writer.Edit(held.Uid, [.. cells], turn, Finish(id, replace.Name));
        return null;
    }

    /// <summary>Which of two would be a guess. Two partitions may still each make one: then the smaller counts.</summary>
    Refused? SecondDefault(ObjectName name, ImmutableArray<ObjectField> fields) =>
        ObjectKinds.Of(name).ClaimsDefault(path => ObjectRules.Json(fields, path)) && slots.DefaultClassBesides(name.Name) is { } other
            ? new Refused(RefusedBecause.Invalid, $"globalDefault: {other.Name} is the default already", "globalDefault")
            : null;

    void ChooseSkip(CatalogObject held, ReplaceObject replace, Now now, List<(string, ReadOnlyMemory<byte>)> cells)
    {
        var replicas = WorkloadSpec.ReadReplicas(ObjectRules.Json(replace.Fields, Fields.Replicas));
        var skip = ScaleChoice.SkipFor(held, replicas, slots, now.Monotonic);
        ReadOnlyMemory<byte> json = skip.IsEmpty ? default : skip.ToJson();
        if (!held.Json(Fields.Skip).Span.SequenceEqual(json.Span)) cells.Add((Fields.Skip, json));
    }

    Reply? Delete(RequestId id, DeleteObject delete, Turn turn)
    {
        if (ObjectKinds.Of(delete.Name).NeedsConsent) return Guarded(delete.Name);
        var every = slots.Objects.Every(delete.Name).ToArray();
        if (every.Length == 0) return PodKind.IsOf(delete.Name) ? DeleteDerived(id, delete, turn) : NotFound(delete.Name);
        var live = every.Where(found => !found.IsDeleting).ToArray();
        if (live.Length == 0) return new Deleted(delete.Name);
        Occupy(delete.Name);
        var left = live.Length;
        void Then(Uid row, Turn later)
        {
            if (--left == 0) finished.Add(new Finished(id, delete.Name, Uid.None));
        }
        foreach (var found in live)
        {
            if (ObjectKinds.RoleOf(delete.Name) != KindRole.Workload)
            {
                writer.Remove(found.Uid, turn, Then);
                continue;
            }
            var grace = delete.Grace ?? found.Spec?.Template?.TerminationGrace ?? TimeSpan.Zero;
            var seconds = Encoding.UTF8.GetBytes(grace.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture));
            writer.Edit(found.Uid, [(Fields.Deleting, seconds)], turn, Then);
        }
        return null;
    }

    /// <summary>Its workload still wants it: the next epoch is to be another pod, on whatever node wins it.</summary>
    Reply? DeleteDerived(RequestId id, DeleteObject delete, Turn turn)
    {
        if (slots.Find(delete.Name.Namespace, delete.Name.Name) is not { } slot) return NotFound(delete.Name);
        if (!slot.IsDesired) return new Deleted(delete.Name);
        var shown = slots.Standing(slot, turn.Monotonic)?.Run.Epoch ?? slot.NextEpoch;
        var least = Epoch.Max(slot.GreatestEpoch, shown).Next;
        Occupy(delete.Name);
        RunEnds.Raise(slot, least, RunEnd.Deleted, tables, writer, turn, (_, _) => finished.Add(new Finished(id, delete.Name, Uid.None)));
        return null;
    }

    void Occupy(ObjectName name) => busy.Add(name, []);

    WriteDone Finish(RequestId id, ObjectName name) => (row, _) => finished.Add(new Finished(id, name, row));

    static Refused Guarded(ObjectName name) => new(RefusedBecause.Invalid, $"{name} changes only with the voters' consent: gossip voters add|remove NODE");

    static Refused NotFound(ObjectName name) => new(RefusedBecause.NotFound, $"{name} not found");
}
