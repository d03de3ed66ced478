"""Microseconds of one-element operators (that is, of their call alone) and milliseconds of one convolution. Prints JSON."""

import argparse
import time

import harness
import torch
import torch.nn.functional as F


def microseconds(call, calls, repeats=7):
    """Best mean over `calls` calls."""
    for _ in range(calls // 10):
        call()
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        best = min(best, time.perf_counter() - start)
    return best / calls * 1e6


def convolution(layout, repeats):
    x = torch.randn(8, 64, 64, 64).to(memory_format=layout).requires_grad_()
    weight = torch.randn(64, 64, 3, 3).to(memory_format=layout).requires_grad_()
    bias = torch.randn(64).requires_grad_()
    gradient = torch.randn(8, 64, 64, 64).to(memory_format=layout)
    seconds = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        torch.autograd.grad(F.conv2d(x, weight, bias, padding=1), (x, weight, bias), gradient)
        seconds.append(time.perf_counter() - start)
    return {name: value * 1e3 for name, value in harness.summary(seconds[2:]).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    harness.set_up(options.threads)

    a, b = torch.rand(1), torch.rand(1)
    pair = [a, b]
    operators = {
        "add": lambda: torch.add(a, b),
        "mul": lambda: torch.mul(a, b),
        "relu": lambda: torch.relu(a),
        "view": lambda: a.view(1, 1),
        "cat": lambda: torch.cat(pair),
    }
    harness.report({"program": "small_ops",
                    "microseconds": {name: microseconds(call, options.calls) for name, call in operators.items()},
                    "conv3x3_forward_backward_ms": {"contiguous": convolution(torch.contiguous_format, options.repeats),
                                                    "channels_last": convolution(torch.channels_last, options.repeats)}})


if __name__ == "__main__":
    main()
