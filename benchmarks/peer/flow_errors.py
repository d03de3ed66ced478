"""Mean end-point errors, in pixels, of scikit-image's dense optical flow on frames whose flow is known. Prints JSON.

Usage: flow_errors.py FILE   with current, previous [N, 3, S, S], truth [N, S, S, 2] and valid [N, S, S] as safetensors
"""

import json
import struct
import sys

import numpy as np
from skimage.registration import optical_flow_ilk, optical_flow_tvl1


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
            for name, entry in header.items() if name != "__metadata__"}


def main():
    tensors = read(sys.argv[1])

    def grey(frames):
        return np.einsum("nchw,c->nhw", frames, np.array([0.2125, 0.7154, 0.0721], np.float32))

    def error(estimate):
        errors = []
        for current, previous, truth, valid in zip(grey(tensors["current"]), grey(tensors["previous"]), tensors["truth"], tensors["valid"]):
            down, right = estimate(current, previous)
            distance = np.hypot(right - truth[..., 0], down - truth[..., 1])
            errors.append((distance * valid).sum() / valid.sum())
        return float(np.mean(errors))

    json.dump({"ilk": error(optical_flow_ilk),
               "ilk_gaussian": error(lambda a, b: optical_flow_ilk(a, b, gaussian=True, prefilter=True)),
               "tvl1": error(optical_flow_tvl1)}, sys.stdout)


if __name__ == "__main__":
    main()
