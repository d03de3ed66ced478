#!/usr/bin/env bash
# Kills ranks of a training at random moments and resumes it each time. Usage: tests/kills.sh [kills]
# Fails if a kill takes back more than one interval of checkpoints, or leaves a rank running. Writes pechead-kills.csv into the temporary folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PECHEAD_KILLS="${1:-20}"
dotnet test tests/PECHead.Experiments.Tests -c Release --nologo \
  --filter "FullyQualifiedName~A_rank_that_is_killed_at_a_random_moment" --logger "console;verbosity=normal"
cat "${TMPDIR:-/tmp}/pechead-kills.csv"
