"""Seconds a frame of the whole model: one source, encoded once, driven by landmarks, pose and expression; context passes from
frame to frame. Plain eager PyTorch. Prints JSON."""

import argparse

import harness
import torch

import full_model
import kp_model


def frame_seconds(model, source, landmarks, conditions, dtype):
    seconds, context = [], None
    with torch.no_grad(), harness.autocast(dtype):
        state = model.encode(source, conditions[0])
        for points, condition in zip(landmarks[1:], conditions[1:]):
            start = harness.clock()
            result = model(state, landmarks[0], points, condition, context)
            context = result["context"]
            seconds.append(harness.clock() - start)
    return harness.summary(seconds[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=128, choices=kp_model.SIDES)
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--memory-format", default="contiguous", choices=["contiguous", "channels_last"])
    parser.add_argument("--dtype", nargs="+", default=["fp32", "bf16"], choices=["fp32", "bf16"])
    parser.add_argument("--slim", action="store_true")
    parser.add_argument("--threads", type=int, default=harness.THREADS)
    options = parser.parse_args()
    harness.set_up(options.threads)

    layout = torch.channels_last if options.memory_format == "channels_last" else torch.contiguous_format
    model = full_model.FullModel(kp_model.size_of(options.size), slim=options.slim).eval().to(memory_format=layout)
    source = kp_model.smooth_frames(1, options.size, 1).to(memory_format=layout)
    still = 0.8 * (2 * torch.rand(1, full_model.LANDMARKS, 2) - 1)
    landmarks = [still + 0.02 * torch.randn_like(still) for _ in range(options.frames + 2)]
    conditions = [torch.randn(1, 37) for _ in landmarks]

    results = {dtype: frame_seconds(model, source, landmarks, conditions, dtype) for dtype in options.dtype}
    harness.report({"program": "infer_full", "size": options.size, "frames": options.frames,
                    "memory_format": options.memory_format, "frame_seconds": results})


if __name__ == "__main__":
    main()
