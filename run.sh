#!/usr/bin/env bash
# The main job: set up, prepare real video with the faces in it, evaluate the reference weights of the six settings beside the
# paper's table, draw what they do, train KP and LMK live for a short while, and execute two notebooks.
# Usage: ./run.sh              all of it
#        ./run.sh --retrain    trains the reference weights again first: hours. STEPS=4000 bounds the training of each setting.
# MINUTES=1 bounds the live training of each setting; SETTINGS="kp lmk" chooses others.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

minutes="${MINUTES:-1}"
steps="${STEPS:-4000}"
read -ra settings <<<"${SETTINGS:-kp lmk}"
case "${1:-}" in
  "" | --retrain) ;;
  *) sed -n '2,7s/^# //p' "$0"; exit 2 ;;
esac

./setup.sh
pechead() { dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll "$@"; }

pechead data prepare data-manifests/talking-face.yaml --size 128

if [[ "${1:-}" == --retrain ]]; then
  command="pechead ablate --plan ablations/plans/table4.yaml --steps $steps --out runs/table4"
  pechead ablate --plan ablations/plans/table4.yaml --steps "$steps" --out runs/table4
  for setting in kp lmk direct featcat mmfa full; do
    pechead weights export --run "runs/table4/$setting-seed1" --out "ablations/reference/$setting" \
      --provenance "command=$command" --provenance "commit=$(git rev-parse HEAD)"
  done
  cp runs/table4/table4.* runs/table4/curves.svg runs/table4/samples.png ablations/reference/
fi

# Paper, Table 4, with the weights in ablations/reference.
pechead evaluate --protocol ablation --out runs/evaluation/ablation

# Training works: the same recipe, a minute each.
runs=()
for setting in "${settings[@]}"; do
  run="runs/live/$setting"
  runs+=("$run")
  if [[ ! -e "$run/checkpoint.safetensors" ]]; then
    pechead train --store data/talking-face-128 --run "$run" --config experiments/configs/talking-face-small.yaml \
      --setting "$setting" --minutes "$minutes"
  else
    echo "$run is trained already; delete it to train again"
  fi
done
pechead evaluate --store data/talking-face-128 --model "${runs[@]}" --stride 5 --json runs/live/metrics.json

mkdir -p runs/notebooks
for notebook in 01-quick-tour 06-ablations; do
  pechead notebook run "notebooks/$notebook.ipynb" --out "runs/notebooks/$notebook.ipynb"
done

cat <<END

What was made:
  runs/evaluation/ablation   the six settings beside the paper's Table 4: tables, curves, the same rows by every setting, worst cases
  runs/live/                 what ${settings[*]} look like after $minutes minute(s) of training: panel.png, reconstruction.mp4, log.jsonl
  runs/notebooks/            the quick tour and the ablations, executed
Where to go on, with pechead='dotnet artifacts/bin/PECHead.Experiments/release/pechead.dll':
  pechead notebook                                               opens the notebooks in Jupyter
  pechead notebook export && xdg-open runs/site/index.html       renders them all into a site
  pechead animate --source me.jpg --driving performance.mp4      your own face; --help teaches
  pechead train --help                                           train longer, or on your own videos
END
