#!/usr/bin/env bash
# Nightly: damages weight files of every layout, 100,000 times each, and 20,000 pictures of all formats, and reads them. A
# reader may succeed or refuse with a message; anything else, or more memory than a small file justifies, fails.
# Usage: tests/fuzz.sh [cases of weights [pictures]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PECHEAD_FUZZ_CASES="${1:-100000}" PECHEAD_FUZZ_PICTURES="${2:-20000}"
dotnet test tests/PECHead.Research.Tests -c Release --nologo \
  --filter "FullyQualifiedName~A_file_damaged_anywhere|FullyQualifiedName~A_picture_damaged_anywhere|FullyQualifiedName~Random_streams_are_read_or_refused" \
  --logger "console;verbosity=normal"
