"""What every peer program shares: set-up before torch is loaded, memory, and printing of the result."""

import json
import os
import resource
import sys
import time

# A spinning OpenMP thread steals the core from everyone else on a busy machine; this must be set before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch  # noqa: E402


# One thread is measured by its processor time, which other programs do not lengthen.
THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))
clock = time.process_time if THREADS == 1 else time.perf_counter


def set_up(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)


def autocast(dtype):
    """The autocast region of a --dtype option."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == "bf16")


def summary(seconds):
    """Median, best and mean of a list of times."""
    ordered = sorted(seconds)
    return {"median": ordered[len(ordered) // 2], "best": ordered[0], "mean": sum(ordered) / len(ordered)}


def report(values):
    """Print one JSON object, with the peak resident memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({**values, "peak_rss_mib": round(peak, 1), "torch": torch.__version__, "threads": torch.get_num_threads()},
              sys.stdout, indent=2)
    print()
