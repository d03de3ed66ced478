"""Independent answers for the tests of metrics and their networks.

Usage: python3 metric_oracles.py OUT
  OUT  folder for the answers: one <case>.safetensors per case

Needs torch, torchvision, numpy and scipy. Weights are drawn from their names on both sides, so no file carries them.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

OUT = Path(sys.argv[1])
DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
torch.nn.Linear.reset_parameters = lambda self: None   # every weight is replaced, the large ones slowly


def save(case, tensors):
    header, parts, offset = {}, [], 0
    for name, value in tensors.items():
        value = torch.as_tensor(value).detach().contiguous()
        data = value.numpy().tobytes()
        header[name] = {"dtype": DTYPES[value.dtype], "shape": list(value.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (OUT / f"{case}.safetensors").write_bytes(b"".join([struct.pack("<Q", len(text)), text, *parts]))


def draw(name, shape):
    """Numbers that depend on the name alone, of a size that keeps activations alive."""
    seed = 0
    for letter in name:
        seed = (seed * 31 + ord(letter)) % 9973
    place = torch.arange(int(np.prod(shape)), dtype=torch.float64)
    noise = ((place * 12.9898 + seed * 78.233).sin() * 43758.5453)
    noise = (noise - noise.floor()).reshape(shape)
    if len(shape) > 1:
        return ((noise - 0.5) * 2 * (6 / np.prod(shape[1:])) ** 0.5).float()
    if name.endswith("running_var") or name.endswith("weight"):
        return (0.5 + noise).float()
    return (0.4 * (noise - 0.5)).float()


def fill(module):
    module.load_state_dict({n: t if n.endswith("tracked") else draw(n, t.shape) for n, t in module.state_dict().items()})
    return module.eval()


def shapes(module_or_table):
    table = module_or_table if isinstance(module_or_table, dict) else {
        n: t.shape for n, t in module_or_table.state_dict().items() if not n.endswith("tracked")}
    return {f"shape.{name}": torch.tensor(list(shape), dtype=torch.int64) for name, shape in table.items()}


def frechet():
    from scipy.linalg import sqrtm

    generator = np.random.default_rng(1)
    a = generator.normal(size=(100, 24)) @ generator.normal(size=(24, 24)) + generator.normal(size=24)
    b = generator.normal(size=(80, 24)) @ generator.normal(size=(24, 24))
    x, y = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    step = a.mean(0) - b.mean(0)
    value = step @ step + np.trace(x) + np.trace(y) - 2 * np.trace(sqrtm(x @ y)).real
    save("frechet", {"in.a": torch.from_numpy(a), "in.b": torch.from_numpy(b), "covariance": torch.from_numpy(x), "value": torch.tensor(value)})


def inception():
    """torchvision's network with the two changes of pytorch-fid's: means inside the map, and a maximum in 7c."""
    source = torchvision.models.inception

    class Pools:
        maximum = False

        def __getattr__(self, name):
            return getattr(F, name)

        def avg_pool2d(self, x, **options):
            return F.max_pool2d(x, **options) if self.maximum else F.avg_pool2d(x, count_include_pad=False, **options)

    source.F = pools = Pools()
    network = fill(source.Inception3(num_classes=1008, aux_logits=False, init_weights=False))
    network.Mixed_7c.register_forward_pre_hook(lambda *_: setattr(pools, "maximum", True))
    network.avgpool.register_forward_hook(lambda module, x, y: result.append(y.flatten(1)))
    result, frames = [], draw("frames", (2, 3, 128, 128)).sigmoid()
    with torch.no_grad():
        network(F.interpolate(frames, (299, 299), mode="bilinear", align_corners=False) * 2 - 1)
    save("inception", {"out": result[0]} | shapes(network))


def lpips():
    shift, scale = torch.tensor([-0.030, -0.088, -0.188])[:, None, None], torch.tensor([0.458, 0.448, 0.450])[:, None, None]
    models = torchvision.models
    networks = {
        "AlexNet": (models.alexnet().features, [1, 4, 7, 9, 11]),
        "Vgg16": (models.vgg.make_layers(models.vgg.cfgs["D"]), [3, 8, 15, 22, 29]),
        "SqueezeNet": (models.squeezenet1_1().features, [1, 4, 7, 9, 10, 11, 12]),
    }
    x, y = (draw(name, (2, 3, 72, 80)).sigmoid() for name in ("generated", "driving"))
    for name, (network, taps) in networks.items():
        fill(network)
        total, a, b = 0, (x * 2 - 1 - shift) / scale, (y * 2 - 1 - shift) / scale
        with torch.no_grad():
            for index, layer in enumerate(network):
                a, b = layer(a), layer(b)
                if index in taps:
                    u, v = (z / (z.pow(2).sum(1, keepdim=True).sqrt() + 1e-10) for z in (a.clone(), b.clone()))
                    weight = draw(f"lin{taps.index(index)}.model.1.weight", (1, a.shape[1], 1, 1)).abs()
                    total = total + F.conv2d((u - v) ** 2, weight).mean((1, 2, 3))
        save(f"lpips_{name}", {"out": total.double()} | shapes(network))


class Table(dict):
    """Weights by name, drawn when first asked for; keeps their shapes."""

    def __call__(self, name, *shape):
        self[name] = shape
        return draw(name, shape)

    def norm(self, x, name, epsilon):
        c = x.shape[1]
        mean, var = self(f"{name}.running_mean", c), self(f"{name}.running_var", c)
        return F.batch_norm(x, mean, var, self(f"{name}.weight", c), self(f"{name}.bias", c), eps=epsilon)


def video():
    """I3D by the published table, from functions alone."""
    table = Table()

    def pad(x, kernel, stride):
        sizes = []
        for size, k, s in zip(x.shape[:1:-1], kernel[::-1], stride[::-1]):
            total = max((-(-size // s) - 1) * s + k - size, 0)
            sizes += [total // 2, total - total // 2]
        return F.pad(x, sizes)

    def unit(x, name, out, k, s=1):
        weight = table(f"{name}.conv3d.weight", out, x.shape[1], k, k, k)
        return table.norm(F.conv3d(pad(x, [k] * 3, [s] * 3), weight, stride=s), f"{name}.bn", 1e-3).relu()

    def pool(x, kernel, stride):
        return F.max_pool3d(pad(x, kernel, stride), kernel, stride)

    def mixed(x, name, w):
        return torch.cat([
            unit(x, f"{name}.b0", w[0], 1),
            unit(unit(x, f"{name}.b1a", w[1], 1), f"{name}.b1b", w[2], 3),
            unit(unit(x, f"{name}.b2a", w[3], 1), f"{name}.b2b", w[4], 3),
            unit(pool(x, [3, 3, 3], [1, 1, 1]), f"{name}.b3b", w[5], 1)], 1)

    clips = draw("clips", (1, 3, 11, 61, 64)).tanh()
    with torch.no_grad():
        x = pool(unit(clips, "Conv3d_1a_7x7", 64, 7, 2), [1, 3, 3], [1, 2, 2])
        x = unit(unit(x, "Conv3d_2b_1x1", 64, 1), "Conv3d_2c_3x3", 192, 3)
        x = pool(x, [1, 3, 3], [1, 2, 2])
        x = mixed(x, "Mixed_3b", [64, 96, 128, 16, 32, 32])
        x = pool(mixed(x, "Mixed_3c", [128, 128, 192, 32, 96, 64]), [3, 3, 3], [2, 2, 2])
        for name, widths in (("4b", [192, 96, 208, 16, 48, 64]), ("4c", [160, 112, 224, 24, 64, 64]), ("4d", [128, 128, 256, 24, 64, 64]),
                             ("4e", [112, 144, 288, 32, 64, 64]), ("4f", [256, 160, 320, 32, 128, 128])):
            x = mixed(x, f"Mixed_{name}", widths)
        x = mixed(pool(x, [2, 2, 2], [2, 2, 2]), "Mixed_5b", [256, 160, 320, 32, 128, 128])
        x = mixed(x, "Mixed_5c", [384, 192, 384, 48, 128, 128])
        x = F.avg_pool3d(x, (2, x.shape[3], x.shape[4]), stride=1)
        x = F.conv3d(x, table("logits.conv3d.weight", 400, 1024, 1, 1, 1), table("logits.conv3d.bias", 400))
    save("video", {"out": x.mean((2, 3, 4))} | shapes(table))


def identity():
    """ArcFace's residual network of 50 layers, from functions alone."""
    table = Table()

    def conv(x, name, out, k, stride=1):
        return F.conv2d(x, table(f"{name}.weight", out, x.shape[1], k, k), stride=stride, padding=k // 2)

    with torch.no_grad():
        x = conv(draw("faces", (2, 3, 112, 112)).sigmoid() * 2 - 1, "conv1", 64, 3)
        x = F.prelu(table.norm(x, "bn1", 1e-5), table("prelu.weight", 64))
        for stage, (width, depth) in enumerate([(64, 3), (128, 4), (256, 14), (512, 3)], 1):
            for block in range(depth):
                name, stride = f"layer{stage}.{block}", 2 if block == 0 else 1
                y = table.norm(conv(table.norm(x, f"{name}.bn1", 1e-5), f"{name}.conv1", width, 3), f"{name}.bn2", 1e-5)
                y = conv(F.prelu(y, table(f"{name}.prelu.weight", width)), f"{name}.conv2", width, 3, stride)
                if block == 0:
                    x = table.norm(conv(x, f"{name}.downsample.0", width, 1, stride), f"{name}.downsample.1", 1e-5)
                x = x + table.norm(y, f"{name}.bn3", 1e-5)
        x = table.norm(x, "bn2", 1e-5).flatten(1)
        x = F.linear(x, table("fc.weight", 512, 25088), table("fc.bias", 512))
        x = table.norm(x, "features", 1e-5)
    save("identity", {"out": x} | shapes(table))


def openface():
    """nn4.small2 by its printed layers, from functions alone."""
    table = Table()

    def conv(x, name, out, k, stride=1):
        return F.conv2d(x, table(f"{name}.weight", out, x.shape[1], k, k), table(f"{name}.bias", out), stride=stride, padding=k // 2)

    def unit(x, name, norm, out, k, stride=1):
        return table.norm(conv(x, name, out, k, stride), norm, 1e-5).relu()

    def block(x, layer, stride, wide, pooled, single, energy):
        name, maps = f"layer{layer}.seq_list", []
        for i, (k, reduced, out) in enumerate(wide):
            y = unit(x, f"{name}.{i}.1_conv", f"{name}.{i}.2_bn", reduced, 1)
            maps.append(unit(y, f"{name}.{i}.4_conv", f"{name}.{i}.5_bn", out, k, stride))
        y, i = F.lp_pool2d(x, 2, 3, 3) if energy else F.max_pool2d(x, 3, 2), len(wide)
        if pooled:
            y = unit(y, f"{name}.{i}.2_conv", f"{name}.{i}.3_bn", pooled, 1)
        h, w = (a - b for a, b in zip(maps[0].shape[2:], y.shape[2:]))
        maps.append(F.pad(y, (w // 2, w - w // 2, h // 2, h - h // 2)))
        if single:
            maps.append(unit(x, f"{name}.{i + 1}.1_conv", f"{name}.{i + 1}.2_bn", single, 1))
        return torch.cat(maps, 1)

    with torch.no_grad():
        x = draw("faces", (2, 3, 96, 96)).sigmoid().flip(1)
        x = F.max_pool2d(unit(x, "layer1", "layer2", 64, 7, 2), 3, 2, 1)
        x = unit(F.local_response_norm(x, 5, 1e-4, 0.75), "layer6", "layer7", 64, 1)
        x = F.local_response_norm(unit(x, "layer9", "layer10", 192, 3), 5, 1e-4, 0.75)
        x = block(F.max_pool2d(x, 3, 2, 1), 14, 1, [(3, 96, 128), (5, 16, 32)], 32, 64, False)
        x = block(x, 15, 1, [(3, 96, 128), (5, 32, 64)], 64, 64, True)
        x = block(x, 16, 2, [(3, 128, 256), (5, 32, 64)], None, None, False)
        x = block(x, 17, 1, [(3, 96, 192), (5, 32, 64)], 128, 256, True)
        x = block(x, 18, 2, [(3, 160, 256), (5, 64, 128)], None, None, False)
        x = block(x, 19, 1, [(3, 96, 384)], 96, 256, True)
        x = block(x, 21, 1, [(3, 96, 384)], 96, 256, False)
        x = F.linear(x.mean((2, 3)), table("layer25.weight", 128, 736), table("layer25.bias", 128))
    save("openface", {"out": x / (x.pow(2).sum(1, keepdim=True) + 1e-6).sqrt()} | shapes(table))


torch.set_num_threads(2)
for case in (frechet, inception, lpips, video, identity, openface):
    case()
