"""Time whole training steps of the KP model: forward, losses, backward, Adam. Prints JSON."""

import argparse
import time

import harness
import torch

import kp_model


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=128, choices=kp_model.SIDES)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--memory-format", default="contiguous", choices=["contiguous", "channels_last"])
    parser.add_argument("--dtype", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    harness.set_up(options.threads)

    layout = torch.channels_last if options.memory_format == "channels_last" else torch.contiguous_format
    model = kp_model.KpModel(kp_model.size_of(options.size)).to(memory_format=layout)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-4, betas=(0.5, 0.999))
    source = kp_model.smooth_frames(options.batch, options.size, 1).to(memory_format=layout)
    driving = kp_model.smooth_frames(options.batch, options.size, 2).to(memory_format=layout)

    seconds, cpu_seconds, total = [], [], 0.0
    for step in range(options.warmup + options.steps):
        start, cpu = time.perf_counter(), time.process_time()
        transform = kp_model.PlaneTransform(options.batch)
        with harness.autocast(options.dtype):
            result = model(source, driving)
            terms = kp_model.losses(model, source, driving, result, transform)
        loss = sum(terms.values())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total = loss.item()
        if step >= options.warmup:
            seconds.append(time.perf_counter() - start)
            cpu_seconds.append(time.process_time() - cpu)

    harness.report({"program": "train_step", "size": options.size, "batch": options.batch,
                    "memory_format": options.memory_format, "dtype": options.dtype, "steps": options.steps,
                    "parameters": sum(p.numel() for p in model.parameters()), "loss": total,
                    "step_seconds": harness.summary(seconds), "cpu_seconds": harness.summary(cpu_seconds)})


if __name__ == "__main__":
    main()
