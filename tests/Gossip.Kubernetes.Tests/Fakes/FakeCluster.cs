using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Gossip.Core.Membership;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Core.Requests;
using Gossip.Core.Tables;
using Gossip.Core.Templates;
using Gossip.Core.View;
using Gossip.Kubernetes.Manifests;

namespace Gossip.Kubernetes.Tests.Fakes;

/// <summary>A cluster that is one dictionary: it keeps objects, derives their pods, and puts them on its first node at once.</summary>
sealed class FakeCluster
{
    public static readonly WallTime Start = new(1_790_000_000_000);
    readonly Lock gate = new();
    readonly SortedDictionary<ObjectName, ObjectView> objects = [];
    readonly Dictionary<(Uid, int), uint> epochs = [];
    readonly List<NodeView> nodes = [];
    readonly List<EventView> events = [];
    ulong version = 100;

    /// <summary>What every node tells of every pod, made of what it would tell of one that runs.</summary>
    public Func<AdmissionStatus, AdmissionStatus> Tells { get; set; } = status => status;

    /// <summary>Why a pod may not be evicted; null when it may.</summary>
    public Func<PodView, Refused?> Evicts { get; set; } = _ => null;

    /// <summary>Every request but looks, in order.</summary>
    public List<Request> Asked { get; } = [];

    /// <summary>How every budget stands.</summary>
    public BudgetStatus BudgetStands { get; set; }

    public FakeCluster WithNode(
        string name, string runtime, MemberState state = MemberState.Alive, Labels? labels = null, string unready = "", string lost = "",
        string hostFault = "")
    {
        var card = new NodeCard(name, NodeAddress.V4(0x7F000001, 7000), labels ?? Labels.Empty, [],
            new Resources(new MilliCpu(4000), new Bytes(8L << 30), default, 110, []), [runtime], "");
        var capacity = new Capacity(1, 1, card.Allocatable, unready) { LostRuntimes = lost, HostFault = hostFault };
        var member = new Member(card, new Incarnation((ulong)Start.UnixMilliseconds / 1000, 0), state, default, capacity);
        nodes.Add(new NodeView(member, card.Labels, [], false, null, ++version));
        return this;
    }

    public FakeCluster WithEvent(ObjectName about, string reason, string message)
    {
        events.Add(new EventView((ulong)events.Count + 1, about, "", true, reason, message, Start, Start, 2));
        return this;
    }

    public Task<Reply> AskAsync(Request request, CancellationToken ct)
    {
        lock (gate)
        {
            if (request is not Look) Asked.Add(request);
            return Task.FromResult(Answer(request));
        }
    }

    Reply Answer(Request request)
    {
        switch (request)
        {
            case Look: return new Seen(View());
            case CreateObject create:
                if (objects.ContainsKey(create.Name)) return new Refused(RefusedBecause.AlreadyExists, $"{create.Name} already exists");
                var uid = new Uid(7, ++version);
                return new ObjectStored(objects[create.Name] = new ObjectView(
                    uid, create.Name, create.ApiVersion, Stamp.At(Start), 1, version, false, false, create.Fields));
            case ReplaceObject replace:
                if (!objects.TryGetValue(replace.Name, out var old))
                    return new Refused(RefusedBecause.NotFound, $"{replace.Name} is not there");
                if (replace.IfVersion != 0 && replace.IfVersion != old.Version)
                    return new Refused(RefusedBecause.Conflict, "it has changed since");
                return new ObjectStored(
                    objects[replace.Name] = old with { Fields = replace.Fields, Version = ++version, Generation = old.Generation + 1 });
            case EvictPod evict:
                if (Find(evict.Name) is not { } evicted)
                    return new Refused(RefusedBecause.NotFound, "is not there");
                if (evict.Uid.Length > 0 && evict.Uid != evicted.Uid)
                    return new Refused(RefusedBecause.Conflict, "the UID in the precondition does not match");
                if (Evicts(evicted) is { } refusal) return refusal;
                if (!evict.DryRun)
                    RaiseEpoch(evicted);
                version++;
                return new Evicted(evict.Name, evicted.Standing?.Run);
            case DeleteObject delete:
                if (objects.Remove(delete.Name)) return Gone(delete.Name);
                if (delete.Name.Kind == "Pod" && Find(delete.Name) is { } pod)
                {
                    RaiseEpoch(pod);
                    return Gone(delete.Name);
                }
                return new Refused(RefusedBecause.NotFound, $"{delete.Name} is not there");
            default: throw new NotSupportedException(request.ToString());
        }
    }

    PodView? Find(ObjectName name) => Pods().FirstOrDefault(pod => pod.Name == name.Name && pod.Namespace == name.Namespace);

    void RaiseEpoch(PodView pod) =>
        epochs[(pod.OwnerUid, pod.Id.Ordinal)] = epochs.GetValueOrDefault((pod.OwnerUid, pod.Id.Ordinal), 1u) + 1;

    Deleted Gone(ObjectName name)
    {
        version++;
        return new Deleted(name);
    }

    public ClusterView View()
    {
        var pods = Pods().OrderBy(pod => pod.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Name, StringComparer.Ordinal)
            .ToImmutableArray();
        var self = nodes.FirstOrDefault()?.Member.Id ?? default;
        var budgets = objects.Values.Where(held => held.Name.Kind == "PodDisruptionBudget");
        return new ClusterView(
            version, Start, self, [.. nodes.Select(WithSettings)], [.. objects.Values], pods, [.. EndpointsOf(pods)], [.. events])
        {
            Budgets = [.. budgets.Select(held => new BudgetView(held.Uid, BudgetStands, ""))],
        };
    }

    NodeView WithSettings(NodeView node)
    {
        var settings = objects.GetValueOrDefault(new ObjectName("Node", "", node.Member.Name));
        if (settings is null) return node;
        return node with { Settings = settings, Unschedulable = settings["spec.unschedulable"]?.Span.SequenceEqual("true"u8) == true };
    }

    IEnumerable<EndpointsView> EndpointsOf(ImmutableArray<PodView> pods)
    {
        foreach (var service in objects.Values.Where(held => held.Name.Kind == "Service"))
        {
            if (service["spec.selector"] is not { } json) continue;
            var selector =
                Labels.Of(JsonNode.Parse(json.Span)!.AsObject().Select(pair => KeyValuePair.Create(pair.Key, (string)pair.Value!)));
            var chosen = pods.Where(pod => pod.Namespace == service.Name.Namespace && pod.Ready && pod.Template.Labels.Contains(selector));
            yield return new EndpointsView(
                service.Name, version, [.. chosen.Select(pod => new EndpointView(pod.Ip, pod.Name, pod.NodeName, pod.Uid))], []);
        }
    }

    IEnumerable<PodView> Pods()
    {
        foreach (var held in objects.Values)
        {
            var isPod = held.Name.Kind == "Pod";
            if (!isPod && held["spec.template"] is null) continue;
            var json = isPod ? Encoding.UTF8.GetBytes(ManifestMapper.ToJson(held).ToJsonString()) : held["spec.template"]!.Value;
            var template = PodTemplateReader.TryRead(json, out var problem) ?? throw new InvalidOperationException(problem.ToString());
            var replicas = isPod ? 1 : held["spec.replicas"] is { } count ? (int)JsonNode.Parse(count.Span)! : 1;
            for (var ordinal = 0; ordinal < replicas; ordinal++) yield return Pod(held, isPod, ordinal, template);
        }
    }

    PodView Pod(ObjectView owner, bool isPod, int ordinal, PodTemplate template)
    {
        var id = new PodId(owner.Uid, ordinal, template.Hash);
        var runtime = template.RuntimeClass;
        var node = nodes.FirstOrDefault(one => one.Member.Card.Runtimes.Contains(runtime));
        var epoch = new Epoch(epochs.GetValueOrDefault((owner.Uid, ordinal), 1u));
        var states = template.Containers
            .Select(one => new ContainerState(one.Name, ContainerStage.Running, 2, Start, 0, "", "") { Ready = true, Started = true });
        var told = Tells(new AdmissionStatus(0, false, PodPhase.Running, true, $"127.1.0.{ordinal + 1}", Start, [.. states], "", ""));
        Admission? admission = null;
        if (node is not null)
            admission = new Admission(
                new Uid(8, (ulong)ordinal), new AdmissionBirth(node.Member.Id, new PodRun(id, epoch), Stamp.At(Start), "won"), told);
        return new PodView(
            id, isPod ? owner.Name.Name : $"{owner.Name.Name}-abcdef01-{ordinal}", owner.Name.Namespace,
            StableHash.GuidText(id.Hash(), epoch.Value), owner.Name, owner.Uid, template, Start, owner.Version, false,
            admission, node?.Member.Name ?? "", admission is null ? PodPhase.Pending : told.Phase,
            admission is null ? $"no node has runtime '{runtime}'" : "", null, admission is null ? [] : [admission]);
    }
}
