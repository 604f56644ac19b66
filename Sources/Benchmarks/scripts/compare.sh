#!/usr/bin/env bash
# Runs every work of ours and of the peers in turn, ROUNDS times, and prints both side by side.
#
# usage: compare.sh PEERS_DIR PYTHON [WORK ...]
#   PEERS_DIR  the folder with train.py, kmeans.py, script.py and script.lua
#   PYTHON     a Python that has PyTorch, faiss and scikit-learn
#   WORK       micro tiny small base, the same with -bf16, km-small km-medium km-paper, cifar-512 cifar-2048, script, latency, encode, images;
#              all by default, cifar-* only with CIFAR, images only with PHOTOGRAPHS
# Environment: CIFAR (the folder of CIFAR-10's training images, a folder a class), PHOTOGRAPHS (a folder of JPEGs, needs torchvision), ROUNDS (3), LINES_FILE (where the lines of JSON are kept: by default a file that is removed), CCV_BENCH (ccv-bench of
# the release build).
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
peers=$1
python=$2
shift 2
works=("$@")
if [ ${#works[@]} -eq 0 ]; then
  works=(micro tiny small base tiny-bf16 base-bf16 km-small km-medium km-paper script latency encode)
  if [ -n "${CIFAR:-}" ]; then works+=(cifar-512 cifar-2048); fi
  if [ -n "${PHOTOGRAPHS:-}" ]; then works+=(images); fi
fi
bench=${CCV_BENCH:-$here/../../../.build/release/ccv-bench}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
lines=${LINES_FILE:-$scratch/lines.jsonl}

# A work that cannot run here is told and left out: the table then says that it is missing.
run() {
  local output
  if output=$("$@"); then
    printf '%s\n' "$output" | tee -a "$lines" >&2
  else
    printf 'failed: %s\n' "$*" >&2
  fi
}

for round in $(seq "${ROUNDS:-3}"); do
  printf 'round %s\n' "$round" >&2
  run "$bench" gemm
  for work in "${works[@]}"; do
    case $work in
    *-bf16)
      run "$bench" train "${work%-bf16}" --bf16
      run "$python" "$peers/train.py" "${work%-bf16}" --bf16
      ;;
    km-*)
      run "$bench" kmeans "$work"
      run "$python" "$peers/kmeans.py" "$work"
      ;;
    cifar-*)
      points=$scratch/points.npy
      [ -e "$points" ] || "$bench" kmeans "$work" --data "${CIFAR:?is the folder of images}" --write "$points" >/dev/null
      run "$bench" kmeans "$work" --data "$CIFAR"
      run "$python" "$here/kmeans_peer.py" "$work" "$points"
      ;;
    script)
      run "$bench" script
      run "$python" "$peers/script.py"
      if command -v lua5.4 >/dev/null; then run lua5.4 "$peers/script.lua"; fi
      ;;
    latency)
      run "$bench" latency
      run "$python" "$here/latency.py"
      ;;
    encode) run "$bench" encode ;;
    images)
      run "$bench" images "${PHOTOGRAPHS:?is the folder of JPEGs}"
      run "$python" "$here/images.py" "$PHOTOGRAPHS" --threads "${CCV_THREADS:-2}"
      ;;
    micro)
      run "$bench" train micro
      run "$bench" train micro --swift
      run "$python" "$peers/train.py" micro
      ;;
    *)
      run "$bench" train "$work"
      run "$python" "$peers/train.py" "$work"
      ;;
    esac
  done
done
"$bench" compare "$lines"
