"""Seconds a frame of the graphs of face detector and mesh, executed node by node with PyTorch, each alone and as an observation calls
them: the detector once and the mesh twice. The peer of `faces`. Prints JSON."""

import argparse
import base64
import json
import pathlib
import time

import harness
import numpy as np
import torch
import torch.nn.functional as F


def text(attributes, name):
    return base64.b64decode(attributes[name]["s"]).decode()


def same(x, window, stride, value=0.0):
    """TensorFlow's SAME padding of [N,C,H,W]: the odd row or column at the bottom or right."""
    pads = []
    for size, kernel, step in zip(reversed(x.shape[2:]), reversed(window), reversed(stride)):
        total = max(((size + step - 1) // step - 1) * step + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value) if any(pads) else x


class Graph:
    def __init__(self, path):
        description = json.loads(path.read_text())
        self.nodes = description["modelTopology"]["node"]
        group = description["weightsManifest"][0]
        data, position, self.weights = (path.parent / group["paths"][0]).read_bytes(), 0, {}
        for entry in group["weights"]:
            kind = entry.get("quantization", {}).get("dtype", entry["dtype"])
            count = int(np.prod(entry["shape"]))
            values = np.frombuffer(data, kind, count, position).reshape(entry["shape"])
            position += values.nbytes
            self.weights[entry["name"]] = torch.from_numpy(values.astype(entry["dtype"]))
        for node in self.nodes:
            if node["op"] in ("_FusedConv2D", "DepthwiseConv2dNative"):
                name = node["input"][1]
                order = (2, 3, 0, 1) if node["op"].startswith("Depth") else (3, 2, 0, 1)
                self.weights[name] = self.weights[name].permute(order).contiguous(memory_format=torch.channels_last)
            elif node["op"] == "Prelu":
                name = node["input"][1]
                self.weights[name] = self.weights[name].reshape(1, -1, 1, 1)

    def __call__(self, x):
        values = {}
        for node in self.nodes:
            if node["op"] == "Const":
                values[node["name"]] = self.weights[node["name"]]
            elif node["op"] == "Placeholder":
                values[node["name"]] = x.contiguous(memory_format=torch.channels_last)
            else:
                values[node["name"]] = self.run(node, [values[name] for name in node["input"]])
        return [values[node["name"]] for node in self.nodes if node["op"] == "Identity"]

    def run(self, node, inputs):
        x, attributes = inputs[0], node.get("attr", {})
        stride = [int(i) for i in attributes["strides"]["list"]["i"]][1:3] if "strides" in attributes else None
        match node["op"]:
            case "_FusedConv2D":
                if text(attributes, "padding") == "SAME":
                    x = same(x, inputs[1].shape[2:], stride)
                x = F.conv2d(x, inputs[1], inputs[2], stride)
                fused = [base64.b64decode(name).decode() for name in attributes["fused_ops"]["list"]["s"]]
                if "Relu" in fused:
                    return x.relu_()
                return self.prelu(x, inputs[3].reshape(1, -1, 1, 1)) if "Prelu" in fused else x
            case "DepthwiseConv2dNative":
                return F.conv2d(same(x, inputs[1].shape[2:], stride), inputs[1], None, stride, groups=x.shape[1])
            case "MaxPool":
                window = [int(i) for i in attributes["ksize"]["list"]["i"]][1:3]
                return F.max_pool2d(same(x, window, stride, -torch.inf) if text(attributes, "padding") == "SAME" else x, window, stride)
            case "AddV2":
                return x + inputs[1]
            case "Relu":
                return x.relu()
            case "Prelu":
                return self.prelu(x, inputs[1])
            case "Sigmoid":
                return x.sigmoid()
            case "Pad":
                return F.pad(x, (0, 0, 0, 0, 0, int(inputs[1][3, 1])))
            case "Reshape":
                return x.permute(0, 2, 3, 1).reshape(x.shape[0], *[int(i) for i in inputs[1]][1:])
            case "Identity":
                return x
        raise ValueError(node["op"])

    @staticmethod
    def prelu(x, slopes):
        return torch.where(x > 0, x, x * slopes)


def seconds_a_frame(calls, batch, rounds):
    """Of graphs called in turn, each with random pictures of its side."""
    calls = [(graph, torch.rand(batch, 3, side, side)) for graph, side in calls]
    seconds = []
    with torch.no_grad():
        for _ in range(rounds + 1):
            start = time.perf_counter()
            for graph, x in calls:
                graph(x)
            seconds.append((time.perf_counter() - start) / batch)
    return harness.summary(seconds[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    harness.set_up(options.threads)
    models = options.data / "npm" / "node_modules" / "@vladmandic" / "human" / "models"
    detector, mesh = (Graph(models / "blazeface.json"), 256), (Graph(models / "facemesh.json"), 192)
    harness.report({
        "program": "faces",
        "observation_graphs": seconds_a_frame([detector, mesh, mesh], options.batch, options.rounds),
        "detector_graph": seconds_a_frame([detector], options.batch, options.rounds),
        "mesh_graph": seconds_a_frame([mesh], options.batch, options.rounds),
    })


if __name__ == "__main__":
    main()
