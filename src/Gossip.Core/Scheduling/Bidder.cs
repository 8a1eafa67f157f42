using System.Globalization;
using Gossip.Core.Membership;
using Gossip.Core.Model;
using Gossip.Core.Pods;
using Gossip.Core.Replication;
using Gossip.Core.Scheduling.Filters;
using Gossip.Core.Scheduling.Preemption;
using Gossip.Core.Turns;
using Gossip.Core.View;
using Gossip.Core.Wire;
using Gossip.Core.Workloads;

namespace Gossip.Core.Scheduling;

/// <summary>
/// This node's side of every auction. An ask is answered from the exact books with a bid, which reserves, or a refusal,
/// which says why; an award within the bid's validity is checked again and becomes an admission. Nobody else ever
/// decides what runs here, so no node is overcommitted whatever the others believe.
/// </summary>
/// <remarks>Inputs: <see cref="Ask"/>, <see cref="Award"/>, <see cref="Release"/>. Outputs: <see cref="Bid"/>, <see cref="Refusal"/>, <see cref="Unheard"/>, <see cref="Verdict"/>, admission rows, capacity.</remarks>
sealed partial class Bidder : INodePart, IReportObserver
{
    internal const string NotHeard = "has not heard of it yet";

    /// <summary>Between two announcements of capacity: what happens within is told at once.</summary>
    static readonly TimeSpan AnnounceGap = TimeSpan.FromMilliseconds(100);

    const int HeldBackMost = 4096;

    readonly NodeConfig config;
    readonly SlotTable slots;
    readonly Swim members;
    readonly IRowWriter writer;
    readonly Outbox outbox;
    readonly Books books;
    readonly NodeId self;
    readonly Dictionary<PodId, Instant> heldBack = []; // looked up only
    string unready = "starting";
    string lost = "";
    Instant lastAnnounced;
    bool announceDue;
    bool expiryDue;

    public Bidder(NodeConfig config, SlotTable slots, Swim members, IRowWriter writer, Outbox outbox)
    {
        this.config = config;
        this.slots = slots;
        this.members = members;
        this.writer = writer;
        this.outbox = outbox;
        self = config.Card.Id;
        books = new Books(config.Card.Allocatable, slots.Placed, self);
    }

    internal Books Books => books;

    /// <summary>What this node's engines have.</summary>
    public NodeImages Images { get; private set; } = NodeImages.None;

    public ReadOnlySpan<MessageKind> Messages => [MessageKind.Ask, MessageKind.Award, MessageKind.Release];

    public ReadOnlySpan<NodeTimerKind> Timers => [NodeTimerKind.BidExpires, NodeTimerKind.CapacityDue];

    public void Start(Turn turn)
    {
        lastAnnounced = turn.Monotonic;
        members.Announce(books.Free, unready, lost, hostFault);
    }

    public void OnReport(PodReport report, Turn turn)
    {
        if (report is ImagesHeld held) Images = held.Images;
    }

    /// <summary>What runs here is known: from now on it bids.</summary>
    public void Open(Turn turn) => Become("", turn);

    /// <summary>It bids no more.</summary>
    public void OnLeave(Turn turn) => Become("leaving", turn);

    /// <summary>It bids no more for pods of these runtime classes, whose engines are gone; for all others it does.</summary>
    public void Lack(IReadOnlyCollection<string> classes, Now now)
    {
        lost = Capacity.LostText(classes);
        Announce(now);
    }

    public void OnMessage(in Message message, Turn turn)
    {
        switch (message.Kind)
        {
            case MessageKind.Ask:
                OnAsk(Codec.Read<Ask>(message.Body), message.Sender, message.From, turn);
                break;
            case MessageKind.Award:
                OnAward(Codec.Read<Award>(message.Body), message.Sender, message.From, turn);
                break;
            case MessageKind.Release:
                var release = Codec.Read<Release>(message.Body);
                if (books.BidFor(release.Run.Pod) is { } bid && bid.Auction == release.Auction && bid.Auctioneer == message.Sender)
                    LetGo(bid.Run, turn);
                break;
        }
    }

    public void OnTimer(NodeTimer timer, Turn turn)
    {
        switch (timer.Kind)
        {
            case NodeTimerKind.BidExpires:
                expiryDue = false;
                Expire(turn);
                WakeAtExpiry(turn);
                break;
            case NodeTimerKind.CapacityDue:
                announceDue = false;
                Announce(turn.Now);
                break;
        }
    }

    /// <summary>For checkers: every filter lets the pod in now, by the exact books.</summary>
    internal bool CouldTake(PodId pod) => slots.Find(pod) is { } slot && Filtering.Passes(slot.Template, Facts(pod, books.Free, books.Ports));

    /// <summary>Which of this node's devices the pod has, as <see cref="Devices.NamesOf"/> writes them; empty for none.</summary>
    internal string DevicesOf(PodRun run) => books.Find(run)?.Devices is { } grant ? books.Allocatable.Devices.NamesOf(grant) : "";

    internal DeviceGrant? GrantOf(PodRun run) => books.Find(run)?.Devices;

    public bool Has(PodRun run) => books.Find(run) is { IsFirm: true };

    /// <summary>Counts a pod that runs here, or is to, without a bid of this life. False when it is only to run and there is no room.</summary>
    /// <param name="runs">It runs already, so it counts whether there is room or not.</param>
    /// <param name="devices">Those that its admission tells, which it keeps.</param>
    public bool Adopt(PodRun run, PodTemplate template, bool runs, DeviceGrant? devices = null)
    {
        if (Has(run)) return true;
        if (!runs && !ResourceFilter.Fits(template, books.Free)) return false;
        if (!runs && devices is { } grant && template.Device is { } request && !books.Free.Devices.Have(grant, request)) return false;
        if (config.Planted == PlantedBug.DevicesForgotten && runs) template = template with { Device = null };
        books.Admit(run, template, checkRoom: !runs, template.Device is null ? null : devices).IsDurable = true;
        return true;
    }

    /// <summary>The runtime says that nothing of it is left: its resources are free again.</summary>
    public void Free(PodRun run, Turn turn) => LetGo(run, turn);

    /// <summary>It was evicted from here: others have the first say about its next run.</summary>
    public void HoldBack(PodId pod, Instant until)
    {
        if (heldBack.Count >= HeldBackMost) heldBack.Clear(); // a drain of thousands: by the end of it the cordon is known
        heldBack[pod] = until;
    }

    /// <param name="host">What the host app said of it; null: it was not asked yet.</param>
    void OnAsk(in Ask ask, NodeId sender, NodeAddress from, Turn turn, HostAnswer? host = null)
    {
        Expire(turn);
        var run = ask.Run;
        if (config.Planted == PlantedBug.AdmitsNothing)
        {
            outbox.Send(from, new Bid(ask.Auction, run, Scoring.Greatest, ""), turn);
            Announce(turn.Now);
            return;
        }
        var held = books.BidFor(run.Pod);
        if (held is not null && held.Auctioneer == sender && unchecked((long)(ask.Auction - held.Auction)) < 0) return; // overtaken on the way
        if (slots.Find(run.Pod) is null && unready.Length == 0)
        {
            outbox.Send(from, new Unheard(ask.Auction, run), turn);
            return;
        }
        var (why, again) = Objection(run, sender, held, turn.Now);
        if (why is null && held is not null && held.Auction == ask.Auction && held.Run == run && HoldsOn(held, turn)) return;
        if (why is null)
        {
            if (held is not null) LetGo(held.Run, turn);
            var template = slots.Find(run.Pod)!.Template;
            var facts = Facts(run.Pod, books.Free, books.Ports);
            var fits = Filtering.Passes(template, facts); // a refusal's words cost more than the look
            var waits = !fits && FitsWithoutBids(run.Pod, template);
            var plan = !fits && ask.MayEvict && !waits ? Plan(run.Pod, facts) : null;
            var passes = fits || plan is not null;
            if (plan is not null) facts = plan.After;
            if (passes && config.Rules.AskHost && host is null)
            {
                if (AskHost(ask, sender, from, template, facts, turn)) return;
                host = HostAnswer.Behind;
            }
            if (passes && host?.Refusal is null)
            {
                // Scored by what is settled. Bids for pods that are called at the same moment would lower each other, and the
                // node that was asked least would win them all.
                var settled = plan is null ? facts with { Free = books.FreeOfBids } : facts;
                var score = config.Rules.Score(template, settled, host?.Score ?? 0, out var parts);
                var bid = new Bid(ask.Auction, run, score, host?.Why ?? "", plan?.Cost, parts);
                if (config.Planted != PlantedBug.AdmissionWithoutRecheck) books.Reserve(new Claim
                {
                    Run = run,
                    Template = template,
                    Auction = ask.Auction,
                    Auctioneer = sender,
                    Expires = turn.Monotonic + config.Timings.BidValidity,
                    Evicts = plan?.Cost,
                });
                WakeAtExpiry(turn);
                Changed(turn);
                outbox.Send(from, bid, turn);
                return;
            }
            why = passes ? host!.Refusal! : Filtering.Check(template, facts).Reason + (ask.MayEvict && !waits ? NobodyToEvict : "");
            if (passes) again = ReferenceEquals(host, HostAnswer.Behind) ? config.Timings.GossipInterval : TimeSpan.Zero;
            else if (waits) again = books.NextExpiry!.Value - turn.Monotonic;
            else if (facts.Around.Rules is { IsHard: true } && Filtering.Passes(template, facts with { Around = default }))
                again = config.Timings.GossipInterval; // another's pod is in the way, or is not known of here yet
        }
        var capacity = members.OwnCapacity;
        var milliseconds = (int)Math.Ceiling(Math.Max(0, again.TotalMilliseconds));
        var next = slots.Find(run.Pod) is { } slot && run.Epoch < slot.NextEpoch ? slot.NextEpoch : Epoch.None;
        outbox.Send(from, new Refusal(ask.Auction, run, capacity.Boot, capacity.Version, milliseconds, why, next), turn);
    }

    /// <summary>
    /// The same is asked again: a gang's bid is to be held on to for another T, if nothing is against it by now. There is nothing
    /// to say, for the bid stands, nor any capacity to tell, for none moves. False: it must be bid anew.
    /// </summary>
    bool HoldsOn(Claim held, Turn turn)
    {
        if (!held.HoldsRoom) return false;
        books.Remove(held.Run);
        if (!Filtering.Passes(held.Template, Facts(held.Run.Pod, books.Free, books.Ports)))
        {
            Changed(turn); // there may be less than no room, where one was admitted behind pods that make way for it
            return false;
        }
        books.Reserve(held.Until(turn.Monotonic + config.Timings.BidValidity));
        WakeAtExpiry(turn);
        return true;
    }

    /// <summary>Only reservations are in its way, which end by themselves.</summary>
    bool FitsWithoutBids(PodId pod, PodTemplate template) => books.NextExpiry is not null && Filtering.Passes(template, Facts(pod, books.FreeOfBids, books.FirmPorts));

    /// <summary>Why not even to look into the books, and when to ask again; null when there is nothing against it.</summary>
    (string? Why, TimeSpan Again) Objection(PodRun run, NodeId sender, Claim? held, Now now)
    {
        var soon = config.Timings.GossipInterval;
        if (unready.Length > 0) return ($"node is unready: {unready}", soon);
        if (slots.Find(run.Pod) is not { } slot) return (NotHeard, soon);
        if (!slot.IsDesired || slot.Succeeded) return ("is not wanted any more", TimeSpan.Zero);
        if (slot.IsGated) return ("is held by its scheduling gates", TimeSpan.Zero);
        if (slots.LacksClass(slot)) return (PendingReason.LacksClass(slot.Template), soon);
        if (slots.LacksVoters(slot)) return (PendingReason.LacksVoters, soon);
        if (slot.Template.StopsAlone && Company.Of(members) is { IsAlone: true } company) return (company.ToString(), soon);
        if (run.Epoch < slot.NextEpoch)
            return (string.Create(CultureInfo.InvariantCulture, $"stale: asked for epoch {run.Epoch}, {slot.NextEpoch} is next"), soon);
        if (slots.Standing(slot, now.Monotonic) is { } standing && members.Find(standing.Node) is { IsLive: true } owner)
            return ($"{owner.Name} has it", soon);
        if (Has(run)) return ("runs it already", soon);
        if (heldBack.TryGetValue(run.Pod, out var until))
        {
            if (now.Monotonic < until) return ("it was evicted from here a moment ago", until - now.Monotonic);
            heldBack.Remove(run.Pod);
        }
        if (held is null || held.Auctioneer == sender) return (null, default);
        // Two callers: the ring went round differently for them. The nearer to the chunk's point has the say, so that
        // the two cannot both collect bids and each award one.
        if (held.Run.Epoch > run.Epoch) return (string.Create(CultureInfo.InvariantCulture, $"stale: bids for epoch {held.Run.Epoch}"), soon);
        var point = slot.Point;
        return held.Run.Epoch == run.Epoch && Chunk.Distance(point, held.Auctioneer) < Chunk.Distance(point, sender)
            ? ($"holds a bid for {members.Find(held.Auctioneer)?.Name ?? held.Auctioneer.ToString()}", held.Expires - now.Monotonic)
            : (null, default);
    }

    void OnAward(in Award award, NodeId sender, NodeAddress from, Turn turn)
    {
        Expire(turn);
        var run = award.Run;
        var auction = award.Auction;
        if (config.Planted == PlantedBug.AdmitsNothing)
        {
            if (run.Pod.Ordinal % 3 > 0) outbox.Send(from, new Verdict(auction, run, run.Pod.Ordinal % 3 == 1, "changed its mind"), turn); // else silence
            return;
        }
        if (Has(run))
        {
            // Said twice. The first verdict may be lost; before it is durable there is none, and it will come.
            if (books.Find(run)!.IsDurable) outbox.Send(from, new Verdict(auction, run, true, ""), turn);
            return;
        }
        if (config.Planted == PlantedBug.AdmissionWithoutRecheck && books.BidFor(run.Pod) is null && slots.Find(run.Pod) is { } unasked)
        {
            Admit(run, unasked.Template, false, award, from, turn);
            return;
        }
        if (books.BidFor(award.Asked.Pod) is not { } bid || bid.Run != award.Asked || bid.Auction != auction || bid.Auctioneer != sender || !run.Pod.IsLike(bid.Run.Pod))
        {
            outbox.Send(from, new Verdict(auction, run, false, "the bid is over"), turn);
            return;
        }
        // What was true when it bid is checked again against what is true now.
        books.Remove(bid.Run);
        var other = books.BidFor(run.Pod); // where it bid for another pod, and for this one as well, in some other round
        var (why, _) = Objection(run, sender, other, turn.Now);
        if (why is null && other is not null) books.Remove(other.Run);
        PreemptionPlan? plan = null;
        if (why is null)
        {
            var facts = Facts(run.Pod, books.Free, books.Ports);
            why = Filtering.Check(bid.Template, facts).Reason;
            if (why is not null && bid.Evicts is { } promised && (plan = Plan(run.Pod, facts)) is not null)
                why = plan.Cost.CompareTo(promised) <= 0 ? null : $"would cost more than it bid: {plan.Cost}";
        }
        if (why is not null)
        {
            Changed(turn);
            outbox.Send(from, new Verdict(auction, run, false, why), turn);
            return;
        }
        if (plan is null) Admit(run, bid.Template, true, award, from, turn);
        else preemption = PreemptionFor(run, bid.Template, plan, award, from);
    }

    /// <summary>Promises to run a pod that there is room for.</summary>
    void Admit(PodRun run, PodTemplate template, bool checkRoom, Award award, NodeAddress from, Turn turn) =>
        Write(books.Admit(run, template, checkRoom), award, from, "", turn);

    /// <summary>Writes the promise to run a pod: it is durable before the auctioneer hears of it, and before anything starts.</summary>
    /// <param name="losers">At whose cost it was won, for people; empty for nobody's.</param>
    void Write(Claim claim, Award award, NodeAddress from, string losers, Turn turn)
    {
        var (run, template) = (claim.Run, claim.Template);
        Changed(turn); // also when the bid told it all: whoever awarded has taken it off once more, until the next version comes
        var birth = new AdmissionBirth(self, run, writer.Tick(turn.Now), losers) { Won = award.Won, Devices = claim.Devices, Priority = slots.Find(run.Pod) is { } slot ? slots.PriorityOf(slot) : 0, KeepsNewest = template.KeepsNewest };
        (string, ReadOnlyMemory<byte>)[] cells =
        [
            (Fields.Birth, AdmissionCodec.Write(birth)),
            (Fields.Status, AdmissionCodec.Write(AdmissionStatus.Admitted)),
        ];
        var auction = award.Auction; // an award is large to be held until then
        writer.Create(RowKind.Admission, cells, turn, (_, later) =>
        {
            claim.IsDurable = true;
            outbox.Send(from, new Verdict(auction, run, true, ""), later);
        });
    }

    NodeFacts Facts(PodId pod, in Resources free, HashSet<HostPort> ports)
    {
        var settings = slots.SettingsOf(self);
        return new NodeFacts(config.Card.Name, settings.Labels, settings.Taints, settings.Unschedulable, config.Card.Runtimes,
            books.Allocatable, free, unready, config.Planted == PlantedBug.PortsForgotten ? null : ports, books.OfWorkload(pod.Workload))
        {
            LostRuntimes = lost,
            Images = Images,
            Around = slots.Find(pod) is { } slot ? slots.Placed.Around(slot) : default,
            Typical = slots.Typical,
        };
    }

    void LetGo(PodRun run, Turn turn)
    {
        if (books.Remove(run)) Changed(turn);
    }

    void Expire(Turn turn)
    {
        if (config.Planted == PlantedBug.LeakedReservation) return;
        if (books.Expire(turn.Monotonic)) Changed(turn);
    }

    void WakeAtExpiry(Turn turn)
    {
        if (expiryDue || books.NextExpiry is not { } end || end <= turn.Monotonic) return;
        expiryDue = true;
        turn.Wake(new NodeTimer(NodeTimerKind.BidExpires), end - turn.Monotonic);
    }

    void Become(string why, Turn turn)
    {
        unready = why;
        Announce(turn.Now);
    }

    /// <summary>Tells the new capacity: at once when the last news is old enough, else together with what follows.</summary>
    void Changed(Turn turn)
    {
        if (announceDue) return;
        var since = turn.Monotonic - lastAnnounced;
        if (since >= AnnounceGap)
        {
            Announce(turn.Now);
            return;
        }
        announceDue = true;
        turn.Wake(new NodeTimer(NodeTimerKind.CapacityDue), AnnounceGap - since);
    }

    void Announce(Now now)
    {
        lastAnnounced = now.Monotonic;
        members.Announce(books.Free, unready, lost, hostFault);
    }
}
