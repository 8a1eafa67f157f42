#!/usr/bin/env bash
# What the executables weigh: size on disk, time from the start to the first ready line, and resident memory ten seconds later.
# A host app (examples/SampleNode) as an ordinary build and compiled ahead of time; `gossip` as an ordinary build and as one file.
# Each is started five times, in turns, on a port of its own choice; the middle of the five is printed. Needs clang and zlib.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
node=
trap '[ -z "$node" ] || kill -KILL "$node" 2>/dev/null; rm -rf "$out"' EXIT
publish() { dotnet publish "$1" --nologo -v quiet -c Release --use-current-runtime -o "$out/$2" "${@:3}" >&2; }

publish examples/SampleNode host --no-self-contained
publish examples/SampleNode host-aot -p:PublishAot=true
publish src/Gossip.Cli gossip --no-self-contained
publish src/Gossip.Cli gossip-single --self-contained -p:PublishSingleFile=true -p:DebugType=embedded
find "$out" \( -name '*.pdb' -o -name '*.dbg' -o -name '*.xml' \) -delete
"$out/gossip/gossip" keygen > "$out/key" && chmod 600 "$out/key"
export GOSSIP_KEY="$(cat "$out/key")"

# Starts what follows the ready line's pattern; sets `took` (ms) and `resident` (kB), and ends the process by its own id.
start() {
  local ready=$1; shift
  local log; log=$(mktemp -p "$out")
  local from; from=$(date +%s%N)
  "$@" > "$log" 2>&1 &
  node=$!
  until grep -q "$ready" "$log"; do kill -0 "$node" || { cat "$log" >&2; exit 1; }; sleep 0.005; done
  took=$((($(date +%s%N) - from) / 1000000))
  sleep 10
  resident=$(awk '/^VmRSS/ { print $2 }' "/proc/$node/status")
  kill -TERM "$node"; wait "$node" || true
  node=
}

names=(host host-aot gossip gossip-single)
for round in 1 2 3 4 5; do
  for each in "${names[@]}"; do
    case $each in
      host*) start 'runs; Ctrl-C' "$out/$each/SampleNode" "n$round" 0 ;;
      *) start '^ready' "$out/$each/gossip" run --name "n$round" --key-file "$out/key" --port 0 --api 127.0.0.1:0 ;;
    esac
    echo "$took $resident" >> "$out/$each.figures"
  done
done

printf '%-15s %10s %10s %12s\n' executable 'size MB' 'start ms' 'resident MB'
for each in "${names[@]}"; do
  middle() { sort -n -k "$1" "$out/$each.figures" | awk -v at="$1" 'NR == 3 { print $at }'; }
  printf '%-15s %10.1f %10d %12.1f\n' "$each" "$(du -sb "$out/$each" | awk '{ print $1 / 1e6 }')" "$(middle 1)" "$(middle 2 | awk '{ print $1 / 1000 }')"
done
