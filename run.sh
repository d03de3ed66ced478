#!/usr/bin/env bash
# The main job: set up, prepare real video with the faces in it, train the settings KP and LMK for a few minutes each under
# one budget, evaluate both on held-out frames, and draw what they do.
# Usage: ./run.sh [name]; MINUTES=4 bounds the training of each setting; SETTINGS="kp lmk direct featcat mmfa" chooses others.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

name="${1:-talking-face}"
minutes="${MINUTES:-4}"
read -ra settings <<<"${SETTINGS:-kp lmk}"

./setup.sh
pechead() { dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll "$@"; }

pechead data prepare data-manifests/talking-face.yaml --size 128
runs=()
for setting in "${settings[@]}"; do
  run="runs/$name/$setting"
  runs+=("$run")
  if [[ ! -e "$run/checkpoint.safetensors" ]]; then
    pechead train --store data/talking-face-128 --run "$run" --config experiments/configs/talking-face-small.yaml \
      --setting "$setting" --minutes "$minutes"
  else
    echo "$run is trained already; delete it to train again, or name another run: ./run.sh NAME"
  fi
done
pechead evaluate --store data/talking-face-128 --run "${runs[@]}" --stride 2 --json "runs/$name/metrics.json"

cat <<END

What was made, for each of: ${runs[*]}
  panel.png            source, driving, points, flow, occlusion and result of eight held-out pairs
  reconstruction.mp4   a held-out clip: source, driving, generated
  log.jsonl            every step of the training
and runs/$name/metrics.json, the table above.
Where to go on:
  train longer:   dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll train --resume --help
  your own face:  dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll animate --help
  the code:       README.md, section Layout
END
