#!/usr/bin/env bash
# Nightly, on a machine where nothing else runs: measures the time from slider to picture by the number of models, over the socket
# and in Chromium, and fails if 10,000 slider events leave memory behind. Usage: tests/studio.sh [pictures [events]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PECHEAD_STUDIO_PICTURES="${1:-100}" PECHEAD_STUDIO_EVENTS="${2:-10000}"
dotnet test tests/PECHead.Studio.Tests -c Release --nologo --filter "FullyQualifiedName~LatencyTests" --logger "console;verbosity=detailed"
