#!/usr/bin/env bash
# build.sh LIBTORCHSHARP FOLDER: writes libstdcxx-compat.so.6 and a copy of LIBTORCHSHARP that loads it into FOLDER.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
original="$1" folder="$2"

for tool in g++ patchelf; do
  command -v "$tool" >/dev/null || { echo "error: '$tool' is missing: $here/README.md says what it is needed for. Install it (on Debian: apt-get install g++ patchelf)." >&2; exit 1; }
done
mkdir -p "$folder"
work="$(mktemp -d "$folder/work.XXXXXX")"
trap 'rm -rf "$work"' EXIT
g++ -O2 -shared -fPIC -Wl,-soname,libstdcxx-compat.so.6 -Wl,--version-script="$here/libstdcxx-compat.map" \
  -o "$work/libstdcxx-compat.so.6" "$here/libstdcxx-compat.cpp"
cp "$original" "$work/libLibTorchSharp.so"
chmod u+w "$work/libLibTorchSharp.so"
patchelf --replace-needed libstdc++.so.6 libstdcxx-compat.so.6 "$work/libLibTorchSharp.so"
mv -f "$work"/lib*.so* "$folder/"
