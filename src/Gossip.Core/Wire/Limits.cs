namespace Gossip.Core.Wire;

/// <summary>Every bound on what a node accepts or sends, with the arithmetic it comes from.</summary>
static class Limits
{
    /// <summary>A sealed datagram: 1,280 (IPv6's least MTU) - 48 (IPv6 + UDP headers) - 32 (tunnels).</summary>
    public const int Datagram = 1200;

    /// <summary>Version 1 + cluster tag 4 + key id 4 + session 8 + counter 8 + GCM tag 16.</summary>
    public const int SealOverhead = 41;

    /// <summary>What is left of a datagram for messages and their envelope.</summary>
    public const int DatagramPayload = Datagram - SealOverhead;

    /// <summary>Sender 8 + boot 8, before the first message of a datagram or frame.</summary>
    public const int EnvelopeHeader = 16;

    /// <summary>Kind 1 + length 4, before each message.</summary>
    public const int MessageHeader = 5;

    /// <summary>The longest message that still travels by datagram.</summary>
    public const int DatagramMessage = DatagramPayload - EnvelopeHeader - MessageHeader;

    /// <summary>An object as the API takes it, and as the tables carry it.</summary>
    public const int ObjectBytes = 1 << 20;

    /// <summary>A frame carries one object at most whole: 1 MiB + 128 KiB for its cells' dots and stamps, 32 B for each of 4,096.</summary>
    public const int FramePayload = ObjectBytes + (1 << 17);

    /// <summary>Rumours in one frame, some 400 members; of longer frames a listener reads only a few at once. To 3 peers every 200 ms: 7 Mbit/s while a backlog lasts.</summary>
    public const int RumourFrame = 60 * 1024;

    /// <summary>A DNS label: what Kubernetes allows for a node's or a namespace's name.</summary>
    public const int Label = 63;

    /// <summary>A DNS subdomain: what Kubernetes allows for an object's name.</summary>
    public const int Name = 253;

    /// <summary>UTF-8 bytes of a reason in a message. With a number 9, a run 38, versions 18 and headers, four refusals share a datagram.</summary>
    public const int Why = 160;

    /// <summary>First-level fields an object may have: a ConfigMap of 1 MiB with keys and values of 128 B.</summary>
    public const int Cells = 4096;
}
