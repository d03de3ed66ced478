#!/usr/bin/env bash
# Everything that has to hold: set-up, locked restore, format, build without warnings, all tests.
# Ends with one line of counts over all test projects and fails if any test failed. With CI=true it also fails if a test was
# skipped that tests/skips-allowed.txt does not name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

./setup.sh --tests
dotnet restore PECHead.Research.sln --locked-mode -v quiet
dotnet format PECHead.Research.sln --verify-no-changes --no-restore

# The real videos have tests of their own, which are skipped where they cannot be had. The notebooks want them at 128 px, with the
# faces in them: about two minutes on two cores, once.
prepare() { dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll data prepare data-manifests/talking-face.yaml "$@"; }
prepare --size 64 --reconstructor none && prepare --size 128 \
  || echo "the videos could not be fetched: the tests that need them are skipped"

# A fresh machine spends most of a test run on first calls: one project after the other keeps the two cores busy.
passed=0 failed=0 skipped=0 refused=0
for project in tests/*/*.csproj; do
  output="$(mktemp)"
  dotnet test "$project" -c Release --no-build --nologo "$@" | tee "$output" || true
  counts="$(grep -E '^(Passed|Failed|Skipped)! +- Failed:' "$output" | tail -1 || true)"
  if [[ -z "$counts" ]]; then
    echo "error: $project ended without counts" >&2
    failed=$((failed + 1))
    continue
  fi
  count() { sed -E "s/.*$1: *([0-9]+).*/\1/" <<<"$counts"; }
  failed=$((failed + $(count Failed)))
  passed=$((passed + $(count Passed)))
  skipped=$((skipped + $(count Skipped)))
  # A process that crashed leaves the counts of the tests before.
  if grep -q '^Test Run Aborted' "$output"; then
    echo "error: $project crashed: not all of its tests ran" >&2
    failed=$((failed + 1))
  fi
  if [[ "${CI:-}" == true ]]; then
    while read -r name; do
      grep -q "^$name " tests/skips-allowed.txt && continue
      echo "error: $name was skipped, and tests/skips-allowed.txt does not allow it" >&2
      refused=$((refused + 1))
    done < <(sed -nE 's/^ +Skipped ([^ ([]+).*/\1/p' "$output" | sort -u)
  fi
  rm -f "$output"
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && refused == 0))
