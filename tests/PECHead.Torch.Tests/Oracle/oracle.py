"""Evaluates the cases of one test run with PyTorch: forward, and the gradient of a weighted sum of the outputs.

usage: oracle.py FOLDER
FOLDER/cases.json lists the cases, FOLDER/inputs.bin holds their inputs; results.json and results.bin are written.
"""
import json
import math
import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

DTYPES = {
    "Byte": torch.uint8, "Int8": torch.int8, "Int16": torch.int16, "Int32": torch.int32, "Int64": torch.int64,
    "Bool": torch.bool, "Float16": torch.float16, "BFloat16": torch.bfloat16, "Float32": torch.float32,
    "Float64": torch.float64,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


class Watched:
    """Tensors beside the inputs (parameters of modules) whose gradients a case compares."""

    def __init__(self):
        self.tensors = []

    def __call__(self, module, *inputs):
        self.tensors += list(module.parameters())
        return module(*inputs)


def gradient(function, *inputs):
    """First derivative as a differentiable result, so that its gradient is the second derivative."""
    inputs = [value for value in inputs if value.requires_grad]
    return torch.autograd.grad(function.sum(), inputs, create_graph=True)


def adam(start, target, channels_last=False, **options):
    """The parameter and its loss after 20 steps of Adam on a smooth non-convex problem."""
    parameter = start.detach().clone()
    if channels_last:
        parameter = parameter.contiguous(memory_format=torch.channels_last)
    parameter = nn.Parameter(parameter)
    optimizer = torch.optim.Adam([parameter], foreach=False, **options)
    for _ in range(20):
        optimizer.zero_grad()
        loss = ((parameter.sin() - target) ** 2).sum() + 0.1 * parameter.abs().sum()
        loss.backward()
        optimizer.step()
    return parameter.detach().contiguous(), loss.detach()


def clipped(start, max_norm, norm_type):
    """The gradient after clipping, and the norm before."""
    parameter = nn.Parameter(start.detach().clone())
    (parameter ** 3).sum().backward()
    norm = nn.utils.clip_grad_norm_([parameter], max_norm, norm_type)
    return parameter.grad, norm.double()


def put(target, index, value):
    """Assignment to an index expression, as a differentiable function."""
    copy = target.clone()
    copy[index] = value
    return copy


def batch_norm_steps(module, *inputs):
    """Outputs of a module in training, then its output in evaluation and its buffers."""
    results = [module(value) for value in inputs]
    module.eval()
    return (*results, module(inputs[0]), *[value.clone() for value in module.buffers()])


def evaluate(code, environment):
    *statements, expression = [part.strip() for part in code.split(";")]
    for statement in statements:
        exec(statement, environment)
    return eval(expression, environment)


def flat(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for item in value for tensor in flat(item)]


def weights(tensor):
    """Fixed weights that tell the elements apart; the tests compute the same."""
    steps = torch.arange(tensor.numel(), dtype=torch.float64)
    return ((steps * 7 % 11 + 1) / 8).reshape(tensor.shape).to(tensor.dtype)


class Writer:
    def __init__(self, file):
        self.file, self.offset = file, 0

    def __call__(self, tensor):
        if tensor is None:
            return None
        name = NAMES[tensor.dtype]
        stored = tensor.detach().contiguous()
        if tensor.dtype == torch.bfloat16:
            stored = stored.float()
        data = stored.numpy().tobytes()
        self.file.write(data)
        entry = {"type": name, "shape": list(tensor.shape), "offset": self.offset, "length": len(data)}
        self.offset += len(data)
        return entry


def read(entry, data):
    dtype = DTYPES[entry["type"]]
    count = math.prod(entry["shape"])
    tensor = torch.frombuffer(data, dtype=dtype, count=count, offset=entry["offset"]) if count else torch.empty(0, dtype=dtype)
    return tensor.clone().reshape(entry["shape"]).requires_grad_(entry["gradient"])


def run(case, data, write):
    inputs = [read(entry, data) for entry in case["inputs"]]
    watched = Watched()
    environment = {
        "torch": torch, "F": F, "nn": nn, "math": math, "run": watched, "gradient": gradient, "adam": adam,
        "clipped": clipped, "put": put, "batch_norm_steps": batch_norm_steps, "dtype": DTYPES[case["dtype"]],
    }
    environment.update(zip("abcdefg", inputs))
    torch.manual_seed(case["seed"])
    outputs = flat(evaluate(case["code"], environment))
    leaves = [value for value in inputs if value.requires_grad] + watched.tensors
    roots = [value for value in outputs if value.requires_grad]
    gradients = [None] * len(leaves)
    if roots and leaves:
        gradients = torch.autograd.grad(sum((value * weights(value)).sum() for value in roots), leaves, allow_unused=True)
    return {"outputs": [write(value) for value in outputs], "gradients": [write(value) for value in gradients]}


def main(folder):
    with open(os.path.join(folder, "cases.json"), encoding="utf-8") as file:
        request = json.load(file)
    torch.set_num_threads(request["threads"])
    with open(os.path.join(folder, "inputs.bin"), "rb") as file:
        data = bytearray(file.read() or b"\0")
    results = []
    with open(os.path.join(folder, "results.bin"), "wb") as file:
        write = Writer(file)
        for case in request["cases"]:
            try:
                results.append(run(case, data, write))
            except Exception as error:  # the test of the case reports it
                results.append({"error": f"{type(error).__name__}: {error}"})
    with open(os.path.join(folder, "results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file)


if __name__ == "__main__":
    main(sys.argv[1])
