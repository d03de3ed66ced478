"""Synthetic files of the shapes and names of the licensed ones, and what independent implementations make of them.

Usage: python3 basel_oracles.py OUT

OUT/mat/        MAT files by scipy.io.savemat, manifest.json says what scipy.io.loadmat reads from them
OUT/parts/      the six parts of the face model, small and random
OUT/whole/      BFM_model_front.mat of the same parts, put together by numpy
OUT/full/       BFM_model_front.mat of the true sizes, random
OUT/epoch_20.pth, network.safetensors   torchvision's ResNet-50 with seven heads, random; input and answers
OUT/geometry.safetensors                projected landmarks; crops by numpy and Pillow

Needs torch, torchvision, numpy, scipy and Pillow. Seeds are fixed.
"""

import base64
import json
import struct
import sys
from pathlib import Path

import numpy as np
import scipy.io
import scipy.sparse
import torch
import torchvision
from PIL import Image

OUT = Path(sys.argv[1])
DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
rng = np.random.default_rng(11)


def save(case, tensors):
    """Write tensors in the safetensors layout: length, JSON header, data."""
    header, parts, offset = {}, [], 0
    for name, value in tensors.items():
        value = torch.as_tensor(value).detach().contiguous()
        data = value.numpy().tobytes()
        header[name] = {"dtype": DTYPES[value.dtype], "shape": list(value.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    (OUT / f"{case}.safetensors").write_bytes(b"".join([struct.pack("<Q", len(text)), text, *parts]))


def element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + b"\0" * (-len(data) % 8)


def narrow_mat(path, name, values, kind, dtype):
    """A double array whose numbers stand in a narrower type, as MATLAB writes whole numbers."""
    data = values.astype(dtype).tobytes(order="F")
    packed = struct.pack("<HH", kind, len(data)) + data.ljust(4, b"\0") if len(data) <= 4 else element(kind, data)
    body = (element(6, struct.pack("<II", 6, 0)) + element(5, struct.pack(f"<{values.ndim}i", *values.shape))
            + element(1, name.encode()) + packed)
    header = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    path.write_bytes(header + struct.pack("<II", 14, len(body)) + body)


def mat_files():
    folder = OUT / "mat"
    folder.mkdir()
    arrays = {
        "doubles": rng.normal(size=(7, 5)), "singles": rng.normal(size=(300, 401)).astype(np.float32), "scalar": np.float64(-2.5),
        "tall": rng.normal(size=(70000, 1)), "cube": rng.normal(size=(2, 3, 4)), "empty": np.zeros((0, 3)), "a_long_name_of_31_characters__": np.eye(2),
        "truth": np.array([[True, False, True]]),
    } | {str(np.dtype(t)): rng.integers(np.iinfo(t).min // 2, np.iinfo(t).max // 2, (3, 3)).astype(t)
         for t in ("int8", "uint8", "int16", "uint16", "int32", "uint32")} | {
        "int64": rng.integers(-2 ** 52, 2 ** 52, (3, 2)), "uint64": rng.integers(0, 2 ** 52, (3, 2)).astype(np.uint64)}
    others = {"text": "abc", "complex": np.array([[1 + 2j]]), "cells": np.array([[1, "a"]], dtype=object), "record": {"a": 1.0},
              "sparse": scipy.sparse.eye(3)}
    manifest = []
    for name, compress in (("plain.mat", False), ("compressed.mat", True)):
        scipy.io.savemat(folder / name, arrays | others, do_compression=compress)
        manifest.append(name)
    for name, values, kind, dtype in (("narrow.mat", rng.integers(1, 60000, (500, 1)), 4, np.uint16),
                                      ("packed.mat", np.array([[3, 250]]), 2, np.uint8),
                                      ("signed.mat", rng.integers(-100, 100, (4, 6)), 1, np.int8)):
        narrow_mat(folder / name, "values", values, kind, dtype)
        manifest.append(name)
    described = {}
    for name in manifest:
        loaded = scipy.io.loadmat(folder / name)
        described[name] = {
            key: {"shape": list(value.shape), "data": base64.b64encode(value.astype(np.float64).tobytes(order="F")).decode()}
            for key, value in loaded.items() if not key.startswith("__") and key not in others}
    (folder / "manifest.json").write_text(json.dumps(described))


def face_model():
    """The six parts, and the one file as the published preparation makes it."""
    parts, whole, full = OUT / "parts", OUT / "whole", OUT / "full"
    for folder in (parts, whole, full):
        folder.mkdir()
    vertices, trimmed, front, components = 260, 210, 150, 79
    shape_pc = rng.normal(size=(3 * vertices, 199)).astype(np.float32)
    shape_ev, shape_mu = rng.uniform(1e2, 1e4, (199, 1)), rng.normal(size=(3 * vertices, 1)) * 5e4
    scipy.io.savemat(parts / "01_MorphableModel.mat", {
        "shapePC": shape_pc, "shapeEV": shape_ev, "shapeMU": shape_mu,
        "texPC": shape_pc, "texEV": shape_ev, "texMU": shape_mu, "tl": np.ones((10, 3))}, do_compression=True)
    exp_mean, exp_pc = rng.normal(size=3 * trimmed).astype(np.float32), rng.normal(size=(components, 3 * trimmed)).astype(np.float32)
    (parts / "Exp_Pca.bin").write_bytes(struct.pack("<i", components) + exp_mean.tobytes() + exp_pc.tobytes())
    exp_std = rng.uniform(1e2, 1e4, components)
    (parts / "std_exp.txt").write_text(" ".join(f"{value:.6e}" for value in exp_std))
    exp_std = np.loadtxt(parts / "std_exp.txt")
    idx, trim = rng.permutation(trimmed)[:front] + 1, rng.permutation(vertices)[:trimmed] + 1
    scipy.io.savemat(parts / "BFM_front_idx.mat", {"idx": idx.reshape(-1, 1).astype(np.float64)})
    narrow_mat(parts / "BFM_exp_idx.mat", "trimIndex", trim.reshape(-1, 1), 4, np.uint16)
    info = {"tri": rng.integers(1, front + 1, (280, 3)).astype(np.float32), "point_buf": np.ones((front, 8), np.float32),
            "keypoints": (rng.permutation(front)[:68] + 1).reshape(1, -1).astype(np.float32)}
    scipy.io.savemat(parts / "facemodel_info.mat", info)

    in_model = trim[idx - 1] - 1
    id_base = (shape_pc * shape_ev.reshape(1, -1) / 1e5)[:, :80].reshape(-1, 3, 80)[in_model].reshape(-1, 80)
    ex_base = (exp_pc.T * exp_std.reshape(1, -1) / 1e5)[:, :64].reshape(-1, 3, 64)[idx - 1].reshape(-1, 64)
    mean = (shape_mu / 1e5).reshape(-1, 3)[in_model].reshape(1, -1)
    scipy.io.savemat(whole / "BFM_model_front.mat", {
        "meanshape": mean, "meantex": mean, "idBase": id_base, "exBase": ex_base, "texBase": id_base, **info})

    points = 35709
    fields = rng.standard_normal((3 * points, 64), dtype=np.float32) * 0.01
    scipy.io.savemat(full / "BFM_model_front.mat", {
        "meanshape": rng.standard_normal((1, 3 * points), dtype=np.float32),
        "idBase": np.concatenate([fields, fields[::-1, :16]], 1), "exBase": fields[:, ::-1],
        "tri": rng.integers(1, points + 1, (70789, 3)).astype(np.float32), "keypoints": rng.integers(1, points + 1, (1, 68)).astype(np.float32)})
    geometry(mean.reshape(-1, 3), id_base, ex_base, info["keypoints"].reshape(-1).astype(int) - 1)


def rotation(angles):
    """The published form: R = Rz Ry Rx, transposed, for row vectors."""
    x, y, z = angles
    rx = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    rz = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return (rz @ ry @ rx).T


def align(image, five, template):
    """The published alignment: y up, least squares for two rows of a projection, whole pixels, Pillow's bicubic."""
    width, height = image.size
    target = five.copy()
    target[:, 1] = height - 1 - target[:, 1]
    system = np.zeros((10, 8))
    system[0::2, :3], system[0::2, 3], system[1::2, 4:7], system[1::2, 7] = template, 1, template, 1
    k = np.linalg.lstsq(system, target.reshape(-1), rcond=None)[0]
    t = np.array([k[3], k[7]])
    s = 102.0 / ((np.linalg.norm(k[:3]) + np.linalg.norm(k[4:7])) / 2)
    w, h = int(width * s), int(height * s)
    left = int(w / 2 - 112 + (t[0] - width / 2) * s)
    up = int(h / 2 - 112 + (height / 2 - t[1]) * s)
    crop = image.resize((w, h), resample=Image.BICUBIC).crop((left, up, left + 224, up + 224))
    return np.asarray(crop), np.array([s, t[0], t[1], w, h, left, up], dtype=np.float64)


def geometry(mean, id_base, ex_base, keypoints):
    count = 4
    alpha, beta = rng.normal(size=(count, 80)) * 0.02, rng.normal(size=(count, 64)) * 0.02
    angles, trans = rng.uniform(-0.6, 0.6, (count, 3)), rng.uniform(-0.5, 0.5, (count, 3))
    mean = mean - mean.mean(0, keepdims=True)
    projection = np.array([[1015, 0, 112], [0, 1015, 112], [0, 0, 1]]).T
    pixels = np.zeros((count, 68, 2))
    for n in range(count):
        shape = (id_base @ alpha[n] + ex_base @ beta[n]).reshape(-1, 3) + mean
        posed = shape @ rotation(angles[n]) + trans[n]
        posed[:, 2] = 10 - posed[:, 2]
        projected = posed @ projection
        pixels[n] = (projected[:, :2] / projected[:, 2:])[keypoints]
    pixels[:, :, 1] = 224 - 1 - pixels[:, :, 1]
    tensors = {"alpha": alpha, "beta": beta, "angles": angles, "trans": trans, "pixels": pixels}

    template = np.array([[-.3115, .2904, .1338], [.3098, .2897, .1318], [.0033, -.0462, .5524], [-.2522, -.3813, .2241], [.2485, -.3813, .2224]])
    for name, width, height, size, x, y in (("square", 256, 256, 110, 130.3, 120.7), ("wide", 400, 300, 60, 180.2, 170.9),
                                            ("large", 700, 720, 260, 350.5, 330.1), ("edge", 180, 180, 70, 40.0, 150.0)):
        coarse = torch.from_numpy(rng.random((1, 3, height // 12, width // 12)))
        smooth = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic", align_corners=False).clamp(0, 1)
        picture = (smooth[0].numpy().transpose(1, 2, 0) * 255).round().astype(np.uint8)
        turn = rotation((0.1, -0.3, 0.15))
        five = (template @ turn)[:, :2] * size * [1, -1] + [x, y] + rng.normal(size=(5, 2))
        crop, facts = align(Image.fromarray(picture), five, template)
        tensors |= {f"{name}.picture": picture.astype(np.float32), f"{name}.five": five, f"{name}.crop": crop.astype(np.float32), f"{name}.facts": facts}
    save("geometry", tensors)


def network():
    torch.manual_seed(3)
    backbone = torchvision.models.resnet50(weights=None)
    backbone.fc = torch.nn.Identity()
    heads = torch.nn.ModuleList(torch.nn.Conv2d(2048, size, 1) for size in (80, 64, 80, 3, 27, 2, 1))
    for module in backbone.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.1)
    with torch.no_grad():
        backbone.train()(torch.rand(4, 3, 224, 224))
        backbone.eval()
        images = torch.rand(2, 3, 224, 224)
        features = backbone(images)
        answers = torch.cat([head(features[:, :, None, None]) for head in heads], 1).flatten(1)
    state = {f"backbone.{name}": value for name, value in backbone.state_dict().items()}
    state |= {f"final_layers.{name}": value for name, value in heads.state_dict().items()}
    torch.save({"net_recon": state, "epoch": 20}, OUT / "epoch_20.pth")
    save("network", {"images": images, "features": features, "answers": answers})


torch.set_num_threads(2)
mat_files()
face_model()
network()
