#!/usr/bin/env bash
# Mutation check: changes the library in small ways and counts the changes that no test notices. Slow (one to three hours a
# folder on two cores), so it stands beside the tests and takes one folder at a time.
# Usage: ./mutate.sh FOLDER [FILE...]     FOLDER: Animation, Motion, Metrics or Losses; FILE: names within it, such as FacePaste.cs
# The report, with the surviving changes by line: artifacts/mutation/FOLDER/reports/mutation-report.html
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

folder="${1:-}"
shift || true
# Only the tests of the folder run, and none that starts another program for every change. Guards of arguments and messages are not
# changed: tests/PECHead.Research.Tests/Robustness checks the guards of all public methods, in processes of its own.
case "$folder" in
  Animation) tests='FullyQualifiedName~Tests.Animation' ;;
  Motion) tests='FullyQualifiedName~Tests.Motion&FullyQualifiedName!~Deformable' ;;
  Metrics) tests='FullyQualifiedName~Tests.Metrics&FullyQualifiedName!~NetworkOracleTests' ;;
  Losses) tests='FullyQualifiedName~Tests.Losses&FullyQualifiedName!~Vgg19' ;;
  *) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
esac
mutate=()
for file in "${@:-*.cs}"; do mutate+=(--mutate "**/$folder/$file"); done

output="$PWD/artifacts/mutation/$folder"
config="$output/stryker-config.json"
mkdir -p "$output"
cat >"$config" <<JSON
{ "stryker-config": {
    "test-case-filter": "$tests", "coverage-analysis": "perTest", "additional-timeout": 20000,
    "ignore-methods": ["*Guard.*", "*Exception.ThrowIf*", "*Exception.ctor", "RegisterComponents"]
} }
JSON

dotnet tool restore >/dev/null
cd tests/PECHead.Research.Tests
OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive nice dotnet stryker --project PECHead.Research.csproj --configuration Release \
  --config-file "$config" "${mutate[@]}" --concurrency 1 --reporter Html --reporter Json --output "$output" --skip-version-check
