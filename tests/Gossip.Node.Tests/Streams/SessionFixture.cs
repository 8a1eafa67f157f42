using System.Collections.Immutable;
using System.Net;
using Gossip.Core.Pods.Access;
using Gossip.Core.Ports;
using Gossip.Core.Primitives;
using Gossip.Node.Sealing;
using Gossip.Node.Streams;
using Gossip.Node.Tests.Transport;
using Gossip.Node.Transport;

namespace Gossip.Node.Tests.Streams;

/// <summary>Node A asks, node B has the pods; real sockets on the loopback.</summary>
public abstract class SessionFixture : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // a bound for broken code, not a measure
    internal static readonly PodPlace Place = new(new PodRun(new PodId(new Uid(1, 2), 3, 4), new Epoch(5)), PodStub.Class);

    protected Keyring Keyring { get; } = Keyring.Generate();
    private protected Arrivals AtB { get; } = new();
    internal PodStub Stub { get; } = new();
    internal SocketTransport A { get; private set; } = null!;
    internal SocketTransport B { get; private set; } = null!;
    internal PodCalls Calls { get; private set; } = null!;

    public ValueTask InitializeAsync()
    {
        A = Create(Keyring);
        A.Start(new Arrivals());
        B = Create(Keyring);
        B.SessionHandler = new PodRequestHandler(name => name == PodStub.Class ? Stub : null).ServeAsync;
        B.Start(AtB);
        Calls = new PodCalls(A.OpenSessionAsync);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static SocketTransport Create(Keyring keyring) => new(new IPEndPoint(IPAddress.Loopback, 0), null, "home", keyring);

    internal Task<int> ExecAsync(PodConsole console, CancellationToken cancel = default, NodeAddress? at = null, params ImmutableArray<string> command) =>
        Calls.AskAsync("b", at ?? B.Address, new ExecQuestion(Place, "main", command.IsDefaultOrEmpty ? ["it"] : command, console.Input is not null, console.IsTerminal), console, cancel).WaitAsync(Patience, CancellationToken.None);

    internal static PodConsole Quiet(Stream? input = null) => new(input, Stream.Null, Stream.Null, null);

    protected static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
