"""First Order Motion Model from functions alone, and files with the published names and shapes.

Usage: python3 first_order_oracle.py OUT
  OUT/vox.zip.pth, OUT/vox.legacy.pth   all published names and shapes; every tensor a view of one small storage
  OUT/tiny.zip.pth, OUT/tiny.legacy.pth a small model
  OUT/tiny.safetensors                  its frames, points and results under both conventions of sampling
"""

import json
import struct
import sys
from collections import OrderedDict
from pathlib import Path

import torch
import torch.nn.functional as F

OUT = Path(sys.argv[1])


class Shapes:
    """The published tensors of a model of some size: kp_detector and generator."""

    def __init__(self, points, detector, motion, most, depth, base, make):
        self.make = make
        self.kp_detector, self.generator = OrderedDict(), OrderedDict()
        table = self.kp_detector
        out = self.hourglass(table, "predictor", 3, detector, most, depth)
        self.conv(table, "kp", points, out, 7)
        self.conv(table, "jacobian", 4 * points, out, 7)
        table["down.weight"] = make("down.weight", (3, 1, 13, 13))
        table, prefix = self.generator, "dense_motion_network."
        out = self.hourglass(table, prefix + "hourglass", 4 * (points + 1), motion, most, depth)
        self.conv(table, prefix + "mask", points + 1, out, 7)
        self.conv(table, prefix + "occlusion", 1, out, 7)
        table[prefix + "down.weight"] = make("down.weight", (3, 1, 13, 13))
        self.block(table, "first", base, 3, 7)
        self.block(table, "down_blocks.0", 2 * base, base, 3)
        self.block(table, "down_blocks.1", 4 * base, 2 * base, 3)
        self.block(table, "up_blocks.0", 2 * base, 4 * base, 3)
        self.block(table, "up_blocks.1", base, 2 * base, 3)
        for i in range(6):
            for j in (1, 2):
                self.conv(table, f"bottleneck.r{i}.conv{j}", 4 * base, 4 * base, 3)
                self.norm(table, f"bottleneck.r{i}.norm{j}", 4 * base)
        self.conv(table, "final", 3, base, 7)

    def hourglass(self, table, name, inputs, expansion, most, depth):
        width = [min(most, expansion << level) for level in range(depth + 1)]
        for i in range(depth):
            self.block(table, f"{name}.encoder.down_blocks.{i}", width[i + 1], inputs if i == 0 else width[i], 3)
        for j, i in enumerate(reversed(range(depth))):
            self.block(table, f"{name}.decoder.up_blocks.{j}", width[i], width[i + 1] * (1 if j == 0 else 2), 3)
        return width[0] + inputs

    def block(self, table, name, outputs, inputs, kernel):
        self.conv(table, f"{name}.conv", outputs, inputs, kernel)
        self.norm(table, f"{name}.norm", outputs)

    def conv(self, table, name, outputs, inputs, kernel):
        table[f"{name}.weight"] = self.make(f"{name}.weight", (outputs, inputs, kernel, kernel))
        table[f"{name}.bias"] = self.make(f"{name}.bias", (outputs,))

    def norm(self, table, name, channels):
        for part in ("weight", "bias", "running_mean", "running_var"):
            table[f"{name}.{part}"] = self.make(f"{name}.{part}", (channels,))
        table[f"{name}.num_batches_tracked"] = torch.tensor(7)


class Model:
    """The published forward pass on a table of tensors."""

    def __init__(self, shapes, points, depth, aligned):
        self.d, self.g, self.points, self.depth, self.aligned = shapes.kp_detector, shapes.generator, points, depth, aligned

    @staticmethod
    def conv(t, name, x, padding):
        return F.conv2d(x, t[f"{name}.weight"], t[f"{name}.bias"], padding=padding)

    @staticmethod
    def norm(t, name, x):
        return F.batch_norm(x, t[f"{name}.running_mean"], t[f"{name}.running_var"], t[f"{name}.weight"], t[f"{name}.bias"])

    def block(self, t, name, x, padding=1):
        return self.norm(t, f"{name}.norm", self.conv(t, f"{name}.conv", x, padding)).relu()

    def hourglass(self, t, name, x):
        maps = [x]
        for i in range(self.depth):
            maps.append(F.avg_pool2d(self.block(t, f"{name}.encoder.down_blocks.{i}", maps[-1]), 2))
        x = maps.pop()
        for i in range(self.depth):
            x = F.interpolate(x, scale_factor=2)
            x = torch.cat([self.block(t, f"{name}.decoder.up_blocks.{i}", x), maps.pop()], 1)
        return x

    @staticmethod
    def down(t, name, x):
        return F.conv2d(F.pad(x, (6, 6, 6, 6)), t[name], groups=3)[:, :, ::4, ::4]

    @staticmethod
    def grid(h, w):
        y, x = torch.meshgrid(torch.linspace(-1, 1, h), torch.linspace(-1, 1, w), indexing="ij")
        return torch.stack([x, y], -1)

    def detect(self, frame):
        features = self.hourglass(self.d, "predictor", self.down(self.d, "down.weight", frame))
        logits = self.conv(self.d, "kp", features, 0)
        n, k, h, w = logits.shape
        heat = (logits.view(n, k, -1) / 0.1).softmax(2).view(n, k, h, w)
        value = (heat.unsqueeze(-1) * self.grid(h, w)).sum((2, 3))
        maps = self.conv(self.d, "jacobian", features, 0).reshape(n, k, 4, h, w)
        return value, (heat.unsqueeze(2) * maps).sum((3, 4)).view(n, k, 2, 2)

    def sample(self, x, grid):
        return F.grid_sample(x, grid, align_corners=self.aligned)

    def generate(self, frame, source, driving):
        t, p = self.g, "dense_motion_network."
        small = self.down(t, p + "down.weight", frame)
        n, _, h, w = small.shape
        k, grid = self.points, self.grid(h, w)

        def bumps(value):
            return (-0.5 * (grid - value.view(n, k, 1, 1, 2)).pow(2).sum(-1) / 0.01).exp()

        heat = torch.cat([torch.zeros(n, 1, h, w), bumps(driving[0]) - bumps(source[0])], 1).unsqueeze(2)
        away = (grid - driving[0].view(n, k, 1, 1, 2)).unsqueeze(-1)
        affine = (source[1] @ torch.inverse(driving[1])).view(n, k, 1, 1, 2, 2)
        moves = (affine @ away).squeeze(-1) + source[0].view(n, k, 1, 1, 2)
        moves = torch.cat([grid.expand(n, 1, h, w, 2), moves], 1)
        copies = small.unsqueeze(1).repeat(1, k + 1, 1, 1, 1).view(-1, 3, h, w)
        warped = self.sample(copies, moves.view(-1, h, w, 2)).view(n, k + 1, 3, h, w)
        features = self.hourglass(t, p + "hourglass", torch.cat([heat, warped], 2).view(n, -1, h, w))
        mask = self.conv(t, p + "mask", features, 3).softmax(1)
        flow = (moves * mask.unsqueeze(-1)).sum(1)
        occlusion = self.conv(t, p + "occlusion", features, 3).sigmoid()

        x = self.block(t, "first", frame, 3)
        for i in range(2):
            x = F.avg_pool2d(self.block(t, f"down_blocks.{i}", x), 2)
        if x.shape[2:] != flow.shape[1:3]:
            flow = F.interpolate(flow.permute(0, 3, 1, 2), size=x.shape[2:], mode="bilinear", align_corners=False).permute(0, 2, 3, 1)
            occlusion = F.interpolate(occlusion, size=x.shape[2:], mode="bilinear", align_corners=False)
        x = self.sample(x, flow) * occlusion
        for i in range(6):
            name = f"bottleneck.r{i}"
            y = self.conv(t, f"{name}.conv1", self.norm(t, f"{name}.norm1", x).relu(), 1)
            x = x + self.conv(t, f"{name}.conv2", self.norm(t, f"{name}.norm2", y).relu(), 1)
        for i in range(2):
            x = self.block(t, f"up_blocks.{i}", F.interpolate(x, scale_factor=2))
        return self.conv(t, "final", x, 3).sigmoid()


def write(name, shapes):
    # As published: beside the two state dicts there are those of the discriminator and of three optimizers.
    content = {"generator": shapes.generator, "discriminator": OrderedDict(weight=torch.zeros(1)), "kp_detector": shapes.kp_detector,
               "optimizer_generator": {"state": {0: {"step": 1, "exp_avg": torch.zeros(2)}}, "param_groups": [{"lr": 2e-4}]}, "epoch": 99}
    torch.save(content, OUT / f"{name}.zip.pth")
    torch.save(content, OUT / f"{name}.legacy.pth", _use_new_zipfile_serialization=False)


def published():
    storage = torch.arange(2_400_000, dtype=torch.float32).remainder(1009) / 1009
    count = 0

    def view(name, shape):
        nonlocal count
        count += 1
        strides = (2000, 1, 3, 1) if len(shape) == 4 else (2,)
        return storage.as_strided(shape, strides, count)

    write("vox", Shapes(10, 32, 64, 1024, 5, 64, view))


def tiny():
    generator = torch.Generator().manual_seed(11)

    def draw(name, shape):
        if name.endswith("down.weight"):
            taps = (-(torch.arange(13) - 6.0) ** 2 / (2 * 1.5 ** 2)).exp()
            kernel = torch.outer(taps, taps)
            return (kernel / kernel.sum()).expand(3, 1, 13, 13).contiguous()
        if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
            return 0.5 + torch.rand(shape, generator=generator)
        scale = 2 / (shape[1] * shape[2] * shape[3]) ** 0.5 if len(shape) == 4 else 0.2
        noise = scale * torch.randn(shape, generator=generator)
        if name == "jacobian.bias":
            noise = noise + torch.tensor([1.0, 0, 0, 1]).repeat(shape[0] // 4)
        return noise * 0.1 if name == "jacobian.weight" else noise

    shapes = Shapes(3, 8, 8, 32, 3, 8, draw)
    write("tiny", shapes)
    # The files are in float32, the results in float64: what is left of a difference is then no rounding.
    torch.set_default_dtype(torch.float64)
    for table in (shapes.kp_detector, shapes.generator):
        table.update({name: value.double() if value.is_floating_point() else value for name, value in table.items()})
    source, driving = (torch.rand(2, 3, 64, 64, generator=generator) for _ in range(2))
    tensors = {"source": source, "driving": driving}
    with torch.no_grad():
        for name, aligned in (("original", True), ("later", False)):
            model = Model(shapes, 3, 3, aligned)
            a, b = model.detect(source), model.detect(driving)
            tensors |= {"positions": a[0], "jacobians": a[1], f"{name}": model.generate(source, a, b)}
            moved = (a[0] + 0.7 * (b[0] - a[0].flip(0)), b[1] @ torch.inverse(a[1].flip(0)) @ a[1])
            tensors |= {f"{name}.relative": model.generate(source, a, moved)}
    header, parts, offset = {}, [], 0
    for name, value in tensors.items():
        data = value.contiguous().numpy().tobytes()
        header[name] = {"dtype": "F64", "shape": list(value.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    (OUT / "tiny.safetensors").write_bytes(b"".join([struct.pack("<Q", len(text)), text, *parts]))


torch.set_num_threads(2)
published()
tiny()
