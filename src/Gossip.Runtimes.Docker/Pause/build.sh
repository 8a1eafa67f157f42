#!/bin/sh
# Builds the pause programs from their sources into the folder given, else beside them. Needs GNU binutils for both processors
# (Debian: binutils-x86-64-linux-gnu, binutils-aarch64-linux-gnu). A test pins the hash of each, and builds them anew and compares.
set -eu
from=$(cd "$(dirname "$0")" && pwd)
to=${1:-$from}
for each in amd64:x86_64 arm64:aarch64; do
  name=pause-${each%%:*} tools=${each#*:}-linux-gnu
  "$tools-as" "$from/$name.s" -o "$to/$name.o"
  "$tools-objcopy" -O binary --only-section=.text "$to/$name.o" "$to/$name"
  rm "$to/$name.o"
  chmod 755 "$to/$name"
done
