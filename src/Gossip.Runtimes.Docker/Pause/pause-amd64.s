# The program of the container that holds a pod's network: it waits for SIGTERM or SIGINT, reaps the children that the kernel
# gives to the first process, and does nothing else. Built by build.sh beside it.
#
# The first process of a container gets no signal that it did not ask for, but blocked signals are kept for it. So it blocks the
# three and waits for one of them: rt_sigprocmask(2), rt_sigtimedwait(2), wait4(2), exit(2).

        .intel_syntax noprefix
        .set    base, 0x400000                  # where the one segment, the whole file, is loaded

file:   .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0 # 64 bits, little-endian, version 1
        .quad   0
        .short  2, 62                           # an executable, for x86-64
        .long   1
        .quad   base + start - file             # where it begins
        .quad   segment - file
        .quad   0                               # no sections
        .long   0
        .short  64, 56, 1, 64, 0, 0             # sizes of the headers, one segment

segment:
        .long   1, 5                            # loaded, to be read and executed
        .quad   0, base, base
        .quad   end - file, end - file
        .quad   0x10000                         # alignment, also for pages of 64 KiB

start:  mov     eax, 14                         # rt_sigprocmask
        xor     edi, edi                        # SIG_BLOCK
        lea     rsi, [rip + signals]
        xor     edx, edx
        mov     r10d, 8                         # bytes of a set
        syscall

wait:   mov     eax, 128                        # rt_sigtimedwait
        lea     rdi, [rip + signals]
        xor     esi, esi                        # no details
        xor     edx, edx                        # without end
        mov     r10d, 8
        syscall
        test    eax, eax
        js      wait                            # interrupted
        cmp     eax, 17                         # SIGCHLD
        jne     done

reap:   mov     eax, 61                         # wait4
        mov     rdi, -1                         # any child
        xor     esi, esi
        mov     edx, 1                          # WNOHANG
        xor     r10d, r10d
        syscall
        test    eax, eax
        jg      reap
        jmp     wait

done:   mov     eax, 60                         # exit
        xor     edi, edi
        syscall

signals:
        .quad   1 << (2 - 1) | 1 << (15 - 1) | 1 << (17 - 1) # SIGINT, SIGTERM, SIGCHLD
end:
