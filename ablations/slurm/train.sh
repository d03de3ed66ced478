# What the scripts of training on a cluster have in common: stage the frames, train, and go back into the queue when the time is over.
# It reads STORE, RUN, CONFIG, DEVICE, and optionally PECHEAD, LAUNCHER, LAUNCH_OPTIONS, LOCAL (a folder on every node's own disk) and MORE.
# shellcheck shell=bash disable=SC2086  # launcher, program and options may have arguments
set -u
: "${STORE:?}" "${RUN:?}" "${CONFIG:?}" "${DEVICE:=cpu}" "${PECHEAD:=pechead}" "${LAUNCHER:=mpirun}" "${LAUNCH_OPTIONS=}" "${LOCAL:=${TMPDIR:-/tmp}}"
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1} OMP_WAIT_POLICY=passive

# One copy a node: its ranks map the same file, and share its pages in memory.
staged="$LOCAL/$(basename "$STORE")"
if [ "$SLURM_NNODES" -eq 1 ]; then
  cp -r "$STORE" "$LOCAL/"
else
  srun --ntasks-per-node=1 --ntasks="$SLURM_NNODES" cp -r "$STORE" "$LOCAL/"
fi || exit 1

resume=()
if [ -e "$RUN/checkpoint.safetensors" ]; then resume=(--resume); fi
$LAUNCHER -n "$SLURM_NTASKS" $LAUNCH_OPTIONS $PECHEAD train --store "$staged" --run "$RUN" --config "$CONFIG" --device "$DEVICE" "${resume[@]}" ${MORE:-} &
ranks=$!
# mpirun hands USR1 on to the ranks, who save. At TERM it would end them within seconds.
trap 'kill -USR1 "$ranks"' USR1 TERM
wait "$ranks"
code=$?
# A signal interrupts the wait.
while kill -0 "$ranks" 2>/dev/null; do
  wait "$ranks"
  code=$?
done
if [ "$code" -eq 75 ]; then scontrol requeue "$SLURM_JOB_ID"; fi
exit "$code"
