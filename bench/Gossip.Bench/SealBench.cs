using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Gossip.Core.Primitives;
using Gossip.Core.Wire;
using Gossip.Node.Sealing;

namespace Gossip.Bench;

/// <summary>
/// A datagram sealed and opened again, replay window and all. Must allocate nothing. The baseline is AES-256-GCM alone.
/// </summary>
[MemoryDiagnoser]
public class SealBench
{
    readonly byte[] text = new byte[Limits.DatagramPayload];
    readonly byte[] @sealed = new byte[Limits.Datagram];
    readonly byte[] opened = new byte[Limits.DatagramPayload];
    readonly byte[] nonce = new byte[12];
    readonly byte[] tag = new byte[16];
    readonly AesGcm cipher = new(RandomNumberGenerator.GetBytes(32), 16);
    readonly Sealer sealer;
    readonly Opener opener;

    public SealBench()
    {
        var keyring = Keyring.Generate();
        var cluster = SealContext.ForDatagrams("bench");
        sealer = new Sealer(keyring, cluster);
        opener = new Opener(keyring, cluster, new ReplayWindows(), Limits.Datagram);
    }

    [Benchmark(Baseline = true)]
    public int CipherAlone()
    {
        cipher.Encrypt(nonce, text, @sealed.AsSpan(0, text.Length), tag);
        cipher.Decrypt(nonce, @sealed.AsSpan(0, text.Length), tag, opened);
        return opened[0];
    }

    [Benchmark]
    public int SealAndOpen()
    {
        var length = sealer.Seal(text, @sealed);
        var verdict = opener.Open(@sealed.AsSpan(0, length), opened, out var opensTo);
        Check.That(verdict == Reject.None);
        return opensTo;
    }
}
