"""Milliseconds of torchvision's deformable convolution, 64x64, 3x3, 8 offset groups. Prints JSON."""

import argparse
import time

import harness
import torch
from torchvision.ops import deform_conv2d

SIDE, GROUPS, TAPS = 64, 8, 9


def milliseconds(call, repeats):
    seconds = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return {name: value * 1e3 for name, value in harness.summary(seconds[2:]).items()}


def measure(channels, repeats):
    x = torch.randn(1, channels, SIDE, SIDE).requires_grad_()
    offset = torch.randn(1, 2 * GROUPS * TAPS, SIDE, SIDE).requires_grad_()
    mask = torch.rand(1, GROUPS * TAPS, SIDE, SIDE).requires_grad_()
    weight = torch.randn(channels, channels, 3, 3).requires_grad_()
    bias = torch.randn(channels).requires_grad_()
    gradient = torch.randn(1, channels, SIDE, SIDE)

    def convolve():
        return deform_conv2d(x, offset, weight, bias, padding=1, mask=mask)

    def forward():
        with torch.no_grad():
            convolve()

    def forward_backward():
        torch.autograd.grad(convolve(), (x, offset, mask, weight, bias), gradient)

    return {"forward": milliseconds(forward, repeats), "forward_backward": milliseconds(forward_backward, repeats)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    harness.set_up(options.threads)
    harness.report({"program": "deform_conv", **{str(channels): measure(channels, options.repeats) for channels in (64, 256)}})


if __name__ == "__main__":
    main()
