using MessagePack;

namespace Gossip.Core.Wire;

/// <summary>
/// A message and its hand-written MessagePack form: an array whose length may grow, so that an older reader skips
/// what it does not know. <see cref="Read"/> throws <see cref="MessagePackSerializationException"/> (or
/// <see cref="EndOfStreamException"/>) on anything else; the envelope turns that into
/// <see cref="Reject.Malformed"/>. It checks every count against its bound before it allocates.
/// </summary>
interface IWireMessage<TSelf> where TSelf : IWireMessage<TSelf>
{
    static abstract MessageKind Kind { get; }
    static abstract void Write(ref MessagePackWriter writer, in TSelf message);
    static abstract TSelf Read(ref MessagePackReader reader);
}
