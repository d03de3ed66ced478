#!/usr/bin/env bash
# The main job: set up, prepare real video, train the KP setting for a few minutes, evaluate on held-out frames,
# and draw what the model does. Usage: ./run.sh [run name]; MINUTES=7 bounds the training.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

name="${1:-kp-talking-face}"
minutes="${MINUTES:-7}"
run="runs/$name"

./setup.sh
pechead() { dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll "$@"; }

pechead data prepare data-manifests/talking-face.yaml --size 128
if [[ ! -e "$run/checkpoint.safetensors" ]]; then
  pechead train --store data/talking-face-128 --run "$run" --config experiments/configs/kp-talking-face-small.yaml --minutes "$minutes"
else
  echo "$run is trained already; delete it to train again, or name another run: ./run.sh NAME"
fi
pechead evaluate --store data/talking-face-128 --run "$run"

cat <<EOF

What was made:
  $run/panel.png            source, driving, keypoints, flow, occlusion and result of eight held-out pairs
  $run/reconstruction.mp4   a held-out clip: source, driving, generated
  $run/metrics.json         the table above
  $run/log.jsonl            every step of the training
Where to go on:
  train longer:   dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll train --resume --help
  your own face:  dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll animate --help
  the code:       README.md, section Layout
EOF
