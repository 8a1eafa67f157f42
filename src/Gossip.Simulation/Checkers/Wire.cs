using Gossip.Core.Wire;
using MessagePack;

namespace Gossip.Simulation.Checkers;

/// <summary>Reads the messages that pass by.</summary>
internal static class Wire
{
    public static TMessage Read<TMessage>(ReadOnlyMemory<byte> body) where TMessage : IWireMessage<TMessage>
    {
        var reader = new MessagePackReader(body);
        return TMessage.Read(ref reader);
    }
}
