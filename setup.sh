#!/usr/bin/env bash
# Installs what is missing on Debian 12 and builds. `./setup.sh --tests` adds what only the tests need.
# Elsewhere (environment.yml) it installs nothing and says what it lacks. A second run does nothing twice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

command -v dotnet >/dev/null || { echo "error: 'dotnet' is missing. Install the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 1; }

packages=(ffmpeg)
command -v npm >/dev/null || packages+=(npm)
# Only where the C++ library of the system is older than the one TorchSharp was built with: build/libstdcxx-compat/README.md.
tools=(ffmpeg ffprobe npm)
if [[ "$(build/libstdcxx-compat/needed.sh)" == true ]]; then
  packages+=(g++ patchelf)
  tools+=(c++ patchelf)
fi
if [[ "${1:-}" == "--tests" ]]; then
  packages+=(python3-torch python3-torchvision python3-scipy python3-skimage)
  packages+=(openmpi-bin mpich slurm-wlm munge)
  packages+=(jupyter-notebook python3-ipykernel python3-nbclient chromium)
fi

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
  done
fi
if ((${#missing[@]})); then
  echo "installing: ${missing[*]}"
  as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "error: run as root, or install sudo, or install yourself: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  log="$(mktemp)"
  if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    echo "error: apt-get could not install: ${missing[*]}" >&2
    exit 1
  fi
  rm -f "$log"
fi

for tool in "${tools[@]}"; do
  command -v "$tool" >/dev/null || { echo "error: '$tool' is missing. Install it, or see environment.yml and the README." >&2; exit 1; }
done

dotnet build PECHead.Research.sln -c Release -v quiet -nologo
