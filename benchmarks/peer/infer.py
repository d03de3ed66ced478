"""Frames per second of animating one source at 256 px with the `paper` widths. In the plain eager form that people run the
detector and the encoder see the source again with every driving frame; with --encode-once they see it once. Prints JSON."""

import argparse

import harness
import torch

import kp_model


def frames_per_second(model, source, drivings, dtype, once):
    seconds = []
    with torch.no_grad(), harness.autocast(dtype):
        state = model.encode(source)
        model.animate(state, drivings[0])
        for driving in drivings:
            start = harness.clock()
            model.animate(state if once else model.encode(source), driving)
            seconds.append(harness.clock() - start)
    times = harness.summary(seconds)
    return {"frames_per_second": 1 / times["median"], "frame_seconds": times}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256, choices=kp_model.SIDES)
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--memory-format", default="contiguous", choices=["contiguous", "channels_last"])
    parser.add_argument("--dtype", nargs="+", default=["fp32", "bf16"], choices=["fp32", "bf16"])
    parser.add_argument("--encode-once", action="store_true")
    parser.add_argument("--threads", type=int, default=harness.THREADS)
    options = parser.parse_args()
    harness.set_up(options.threads)

    layout = torch.channels_last if options.memory_format == "channels_last" else torch.contiguous_format
    model = kp_model.KpModel(kp_model.size_of(options.size)).eval().to(memory_format=layout)
    frames = kp_model.smooth_frames(options.frames + 1, options.size, 1).split(1)
    frames = [frame.to(memory_format=layout) for frame in frames]

    results = {dtype: frames_per_second(model, frames[0], frames[1:], dtype, options.encode_once) for dtype in options.dtype}
    harness.report({"program": "infer", "size": options.size, "frames": options.frames,
                    "memory_format": options.memory_format, **results})


if __name__ == "__main__":
    main()
