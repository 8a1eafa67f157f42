#!/bin/sh
# Builds the pause programs from their sources into the folder given, else beside them. Needs clang and llvm-objcopy (Debian: llvm).
# A test of Gossip.Runtimes.Docker.Tests pins the hash of each and, where the tools are there, builds them anew and compares.
set -eu
from=$(cd "$(dirname "$0")" && pwd)
to=${1:-$from}
for each in amd64:x86_64 arm64:aarch64; do
  name=pause-${each%%:*}
  clang --target="${each#*:}-linux-gnu" -c "$from/$name.s" -o "$to/$name.o"
  llvm-objcopy -O binary --only-section=.text "$to/$name.o" "$to/$name"
  rm "$to/$name.o"
  chmod 755 "$to/$name"
done
