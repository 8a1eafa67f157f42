// The same as pause-amd64.s, for arm64.

        .set    base, 0x400000

file:   .byte   0x7f, 'E', 'L', 'F', 2, 1, 1, 0
        .quad   0
        .short  2, 183                          // an executable, for arm64
        .long   1
        .quad   base + start - file
        .quad   segment - file
        .quad   0
        .long   0
        .short  64, 56, 1, 64, 0, 0

segment:
        .long   1, 5
        .quad   0, base, base
        .quad   end - file, end - file
        .quad   0x10000

start:  mov     x8, 135                         // rt_sigprocmask
        mov     x0, 0                           // SIG_BLOCK
        adr     x1, signals
        mov     x2, 0
        mov     x3, 8                           // bytes of a set
        svc     0

wait:   mov     x8, 137                         // rt_sigtimedwait
        adr     x0, signals
        mov     x1, 0                           // no details
        mov     x2, 0                           // without end
        mov     x3, 8
        svc     0
        tbnz    x0, 63, wait                    // interrupted
        cmp     x0, 17                          // SIGCHLD
        b.ne    done

reap:   mov     x8, 260                         // wait4
        mov     x0, -1                          // any child
        mov     x1, 0
        mov     x2, 1                           // WNOHANG
        mov     x3, 0
        svc     0
        cmp     x0, 0
        b.gt    reap
        b       wait

done:   mov     x8, 93                          // exit
        mov     x0, 0
        svc     0

signals:
        .quad   1 << (2 - 1) | 1 << (15 - 1) | 1 << (17 - 1) // SIGINT, SIGTERM, SIGCHLD
end:
