using System.Buffers.Binary;
using System.Formats.Tar;
using System.Net;
using Docker.DotNet.Models;
using Gossip.Core.Primitives;

namespace Gossip.Runtimes.Docker;

/// <summary>
/// The image of the container that holds a pod's network: one program of some two hundred bytes that waits for SIGTERM.
/// It is written here byte by byte, so that no registry is needed for it and nothing more than a wait can be in it.
/// </summary>
/// <remarks>
/// The first process of a container gets no signal that it did not ask for, but blocked signals are kept for it. So
/// it blocks SIGTERM and SIGINT and waits for one of them: rt_sigprocmask, rt_sigtimedwait, exit.
/// </remarks>
static class PauseImage
{
    public const string Name = "localhost/gossip-pause:1";
    const string Path = "pause";
    const ulong Address = 0x400000; // where the one segment, the whole file, is loaded
    const int HeaderSize = 64 + 56; // ELF header and one program header

    static readonly byte[] X64 =
    [
        0xb8, 14, 0, 0, 0,                        //       mov  eax, rt_sigprocmask
        0x31, 0xff,                               //       xor  edi, edi          SIG_BLOCK
        0x48, 0x8d, 0x35, 0x2a, 0, 0, 0,          //       lea  rsi, [signals]
        0x31, 0xd2,                               //       xor  edx, edx
        0x41, 0xba, 8, 0, 0, 0,                   //       mov  r10d, 8           bytes of a set
        0x0f, 0x05,                               //       syscall
        0xb8, 128, 0, 0, 0,                       // wait: mov  eax, rt_sigtimedwait
        0x48, 0x8d, 0x3d, 0x14, 0, 0, 0,          //       lea  rdi, [signals]
        0x31, 0xf6,                               //       xor  esi, esi          no details
        0x31, 0xd2,                               //       xor  edx, edx          for ever
        0x0f, 0x05,                               //       syscall
        0x85, 0xc0,                               //       test eax, eax
        0x78, 0xea,                               //       js   wait              interrupted
        0xb8, 60, 0, 0, 0,                        //       mov  eax, exit
        0x31, 0xff,                               //       xor  edi, edi
        0x0f, 0x05,                               //       syscall
        0x90,                                     //       nop
        0x02, 0x40, 0, 0, 0, 0, 0, 0,             // signals: 2 (INT) and 15 (TERM)
    ];

    static readonly uint[] Arm64 =
    [
        0xd28010e8, //       mov  x8, rt_sigprocmask (135)
        0xd2800000, //       mov  x0, SIG_BLOCK
        0x100001c1, //       adr  x1, signals
        0xd2800002, //       mov  x2, 0
        0xd2800103, //       mov  x3, 8
        0xd4000001, //       svc  0
        0xd2801128, // wait: mov  x8, rt_sigtimedwait (137)
        0x10000120, //       adr  x0, signals
        0xd2800001, //       mov  x1, 0
        0xd2800002, //       mov  x2, 0
        0xd4000001, //       svc  0
        0xb7ffff60, //       tbnz x0, 63, wait
        0xd2800ba8, //       mov  x8, exit (93)
        0xd2800000, //       mov  x0, 0
        0xd4000001, //       svc  0
        0xd503201f, //       nop
        0x00004002, // signals
        0x00000000,
    ];

    /// <summary>Brings it to the engine unless it is there.</summary>
    public static async Task EnsureAsync(Engine engine, CancellationToken cancel)
    {
        if (await engine.FindImageAsync(Name, cancel).ConfigureAwait(false) is not null) return;
        var version = await engine.VersionAsync(cancel).ConfigureAwait(false);
        var complaints = new Complaints();
        await engine.AskAsync(async token =>
        {
            await engine.Client.Images.CreateImageAsync(
                new ImagesCreateParameters { FromSrc = "-", Repo = Name, Changes = [$"ENTRYPOINT [\"/{Path}\"]"] },
                Tree(Program(version.Arch ?? "")), new AuthConfig(), complaints, token).ConfigureAwait(false);
            return true;
        }, cancel).ConfigureAwait(false);
        if (complaints.Last is { } complaint) throw new EngineFault(HttpStatusCode.InternalServerError, $"the pause image: {complaint}");
    }

    static MemoryStream Tree(byte[] program)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, Path)
            {
                Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
                DataStream = new MemoryStream(program),
            });
        tar.Position = 0;
        return tar;
    }

    /// <summary>A static executable: the two headers, then the code.</summary>
    internal static byte[] Program(string architecture)
    {
        var (machine, code) = architecture switch
        {
            "amd64" or "x86_64" => (62, X64),
            "arm64" or "aarch64" => (183, Bytes(Arm64)),
            _ => throw new EngineFault(HttpStatusCode.NotImplemented, $"no pause program for the engine's architecture '{architecture}': only amd64 and arm64 are known"),
        };
        var file = new byte[HeaderSize + code.Length];
        var head = file.AsSpan();
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]; // 64 bits, little-endian, version 1
        magic.CopyTo(head);
        Put16(16, 2); // an executable
        Put16(18, machine);
        Put32(20, 1);
        Put64(24, Address + HeaderSize); // its entry
        Put64(32, 64); // where the program header is
        Put16(52, 64); // sizes of the headers, and one of the second kind
        Put16(54, 56);
        Put16(56, 1);
        Put32(64, 1); // PT_LOAD
        Put32(68, 5); // to read and execute
        Put64(80, Address);
        Put64(88, Address);
        Put64(96, (ulong)file.Length);
        Put64(104, (ulong)file.Length);
        Put64(112, 0x10000); // alignment, also for pages of 64 KiB
        code.CopyTo(head[HeaderSize..]);
        return file;

        void Put16(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);
        void Put32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
    }

    static byte[] Bytes(uint[] words)
    {
        var bytes = new byte[words.Length * 4];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        return bytes;
    }
}
