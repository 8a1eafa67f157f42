namespace Gossip.Mutants.Lists;

/// <summary>What the rows say, and the views of it.</summary>
internal static class TableMutants
{
    public static readonly Mutant[] List =
    [
        new("a least epoch takes the min", "Tables/PodFacts.CopyTo",
            "cell.Generation < least.Value", "least.Value != 0 && cell.Generation > least.Value"),
        new("failed epochs are forgotten", "Tables/PodFacts.CopyTo", "(failed ??= []).Add(new Epoch(epoch));", ";"),
        new("a pod that succeeded runs again", "Tables/PodFacts.CopyTo", "succeeded = true", "succeeded = false"),
        new("the greatest epoch is that of the admissions there are", "Tables/PodFacts.Saw", "Epoch.Max(greatestSeen, epoch)", "epoch"),
        new("the older of two objects of one name counts", "Tables/Catalog.Judge",
            "candidate.CreatedAt.CompareTo(latest.CreatedAt) >= 0", "candidate.CreatedAt.CompareTo(latest.CreatedAt) < 0"),
        new("an object goes while its pods run", "Tables/Garbage.Find",
            "!PodsOf(uid, catalog.Find(uid)).Any(pod => pod.Facts.Admissions.Any(answers))", "true"),
        new("an object whose pods are on dead nodes never goes", "Tables/SlotTable.Unneeded",
            "nodes.Answers(admission.Node, TimeSpan.Zero, now)", "true"),
        new("the dead answer for their pods for ever", "Tables/NodeBook.Answers",
            "member.State == MemberState.Dead && IsBefore(member.Since + grace, now)", "member.State == MemberState.Dead"),
        new("the dead have no grace", "Tables/NodeBook.Answers",
            "member.State == MemberState.Dead && IsBefore(member.Since + grace, now)", "false"),
        new("an admission that drains stands", "Tables/SlotTable.Counts", "!admission.Status.Draining", "true"),
        new("a view does not follow the end of a grace", "View/ViewBuilder.Build", "!(now.Monotonic >= turnsAt)", "true"),
        new("a pod that is another keeps its version", "View/ViewBuilder.Pods", "slots.Turned(slot);", ""),
        new("endpoints on dead nodes are served", "View/ViewBuilder.Endpoints", "IsOnLiveNode(pod.Standing!)", "true"),
        new("a copy drains when it sees any other that is ready", "Tables/PodJudge.DrainsAt", "!other.Precedes(ours)", "false"),
        new("a PUT is acknowledged and not stored", "Requests/RequestHandler.Replace", "cells.Count == 0", "true"),
        new("a field taken out stays", "Requests/RequestHandler.Replace", "cells.Add((cell.Field, default));", ";"),
        new("only the first changed field is stored", "Requests/RequestHandler.Replace",
            "writer.Edit(held.Uid, [.. cells], turn, Finish(id, replace.Name));",
            "writer.Edit(held.Uid, [cells[0]], turn, Finish(id, replace.Name));"),
        new("a condition on a version is not looked at", "Requests/RequestHandler.Replace",
            "replace.IfVersion != 0 && replace.IfVersion != held.Version", "false"),
        new("of two objects of one name a delete takes one", "Requests/RequestHandler.Delete",
            "every.Where(found => !found.IsDeleting).ToArray()", "every.Where(found => !found.IsDeleting).Take(1).ToArray()"),
        new("a delete of an object without pods is acknowledged and not done", "Requests/RequestHandler.Delete",
            "writer.Remove(found.Uid, turn, Then);", "finished.Add(new Finished(id, delete.Name, Uid.None));"),
    ];
}
