#!/usr/bin/env bash
# Nightly: trains 2,000 tiny steps and fails if tensors or memory are left behind. Usage: tests/endurance.sh [steps]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PECHEAD_ENDURANCE_STEPS="${1:-2000}"
dotnet test tests/PECHead.Research.Tests -c Release --nologo \
  --filter "FullyQualifiedName~Steps_leave_no_tensors_and_no_memory_behind" --logger "console;verbosity=normal"
