namespace Gossip.Mutants.Lists;

/// <summary>Who is there.</summary>
internal static class MembershipMutants
{
    public static readonly Mutant[] List =
    [
        new("a suspicion's end buries who refuted it", "Membership/Beliefs.OnSuspicionEnds", "if (!suspicions.Stands(due)) return;", ""),
        new("a node hears that it is suspected and says nothing", "Membership/Beliefs.Answer",
            "Restate(own with { Incarnation = own.Incarnation with { Refutation = own.Incarnation.Refutation + 1 } }, turn.Now);",
            ""),
        new("a refutation has the old incarnation", "Membership/Beliefs.Answer",
            "own.Incarnation.Refutation + 1", "own.Incarnation.Refutation"),
        new("a node does not step past its earlier life", "Membership/Beliefs.StepPast", "remembered + 1", "remembered"),
        new("hearsay of a death buries", "Membership/Beliefs.Learn",
            "hearsay && record.State == MemberState.Dead && held is { IsLive: true }", "false"),
        new("an accusation of another life counts", "Membership/Beliefs.Hear", "held.Incarnation != heard.Of", "false"),
        new("at one incarnation the better state wins", "Membership/MemberRecord.Head.Overrides",
            "State > held.State", "State < held.State"),
        new("forgotten graves: the dead are not tried again", "Membership/Beliefs.Replace",
            "if (after.State == MemberState.Dead) RememberedAddresses.Add(new RememberedAddress(after.Id, after.Address)); "
            + "else RememberedAddresses.Remove(after.Id);",
            "RememberedAddresses.Remove(after.Id);"),
        new("the dead are tried only once", "Membership/Reunion.OnDeadRetry", "WakeForTheDead(turn);", ""),
        new("a list is taken and never answered", "Membership/Reunion.OnSync",
            "if (sync.Asks) Exchange(sync.ReplyTo, asks: false, turn);", ""),
        new("a lone node does not ask its seeds again", "Membership/Reunion.OnJoinRetry", "due.Epoch == joins && beliefs.IsAlone", "false"),
        new("an old capacity replaces a newer one", "Membership/Beliefs.Learn", "!capacity.IsNewerThan(held.Capacity)", "false"),
        new("the version of a capacity stands still", "Membership/Beliefs.Announce", "own.Capacity.Version + 1", "own.Capacity.Version"),
        new("a rumour is told once", "Membership/RumourQueue.Offer", "rumour.Limit = transmits;", "rumour.Limit = 1;"),
        new("nobody asks in another's name", "Membership/ProbeCycle.OnTimeout", "AskRelays(member, turn);", ""),
        new("one refusal is a death", "Membership/Refusals.OnRefused",
            "if (!open.TryGetValue(member.Id, out var refusal) || refusal.Of != member.Incarnation) { open[member.Id] = new "
            + "Refusal(member.Incarnation, 0); probe.AskByStream(member, turn); } else if (refusal.Number == 0) { "
            + "open[member.Id] = refusal with { Number = ++last }; probe.AskRelays(member, turn); turn.Wake(new "
            + "NodeTimer(NodeTimerKind.RefusalEnds, member.Id.Value, last), config.Timings.GossipInterval * 2); }",
            "beliefs.Judge(member, MemberState.Dead, turn);"),
        new("an answer does not end a refusal", "Membership/Refusals.OnAnswer", "open.Remove(node)", "open.ContainsKey(node)"),
        new("who restarted is spoken to as before", "Membership/Swim.Admit",
            "isEarlier && member.IsLive ? Reject.StaleBoot : Reject.None", "Reject.None"),
        new("who was buried alive is never told", "Membership/Swim.Admit",
            "outbox.Send(from, MemberRecord.Of(member, turn.Now), turn);", ""),
        new("lists of members are never compared", "Membership/Swim.OnAck", "ack.Digest == beliefs.Table.Digest", "true"),
    ];
}
