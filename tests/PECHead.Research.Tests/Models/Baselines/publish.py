"""Writes a safetensors copy of published weights as PyTorch checkpoints: publish.py COPY ZIP LEGACY, in both layouts; publish.py COPY FOLDER, in
several files as the authors of LivePortrait, Depth-Aware GAN, Face2Face-rho and the codebook method do."""

import json
import os
import struct
import sys
from collections import OrderedDict

import numpy
import torch

copy = sys.argv[1]
with open(copy, "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
header.pop("__metadata__", None)
types = {"F32": numpy.float32, "I64": numpy.int64}
parts = {}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    values = numpy.frombuffer(data[begin:end], types[entry["dtype"]]).reshape(entry["shape"]).copy()
    part, key = name.split(".", 1)
    # As data-parallel training leaves it.
    parts.setdefault(part, OrderedDict())[f"module.{key}"] = torch.from_numpy(values)
if len(sys.argv) == 3 and "net_g" in parts:
    os.makedirs(sys.argv[2])
    for part, tensors in parts.items():
        untrained = OrderedDict((key, torch.zeros_like(value)) for key, value in tensors.items())
        # The averaged weights are those to use; the other networks have none.
        held = {"params": untrained, "params_ema": tensors} if part == "net_g" else {"params": tensors}
        name = part if part.startswith("net_") else "net_" + part
        torch.save(held, os.path.join(sys.argv[2], name + "_latest.pth"))
    sys.exit()
if len(sys.argv) == 3 and "depth_encoder" in parts:
    os.makedirs(os.path.join(sys.argv[2], "depth"))
    plain = {part: OrderedDict((key.removeprefix("module."), value) for key, value in parts[part].items()) for part in ("depth_encoder", "depth_decoder")}
    torch.save({**plain["depth_encoder"], "height": 256, "width": 256, "use_stereo": False}, os.path.join(sys.argv[2], "depth", "encoder.pth"))
    torch.save(plain["depth_decoder"], os.path.join(sys.argv[2], "depth", "depth.pth"))
    torch.save({"generator": parts["generator"], "kp_detector": parts["kp_detector"], "epoch": 99}, os.path.join(sys.argv[2], "DaGAN_vox_adv_256.pth.tar"))
    sys.exit()
if len(sys.argv) == 3 and "motion_net" in parts:
    os.makedirs(sys.argv[2])
    for part in ("motion_net", "rendering_net"):
        torch.save(parts[part], os.path.join(sys.argv[2], f"latest_{part}.pth"))
    sys.exit()
if len(sys.argv) == 3:
    for folder in ("base_models", "retargeting_models"):
        os.makedirs(os.path.join(sys.argv[2], folder))
    for part in ("appearance_feature_extractor", "motion_extractor", "warping_module", "spade_generator"):
        plain = OrderedDict((key.removeprefix("module."), value) for key, value in parts[part].items())
        torch.save(plain, os.path.join(sys.argv[2], "base_models", part + ".pth"))
    retargeting = {"retarget_shoulder": parts["stitching"], "retarget_mouth": parts["lip"], "retarget_eye": parts["eye"]}
    torch.save(retargeting, os.path.join(sys.argv[2], "retargeting_models", "stitching_retargeting_module.pth"))
    sys.exit()
zipped, legacy = sys.argv[2:]
weight = torch.nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam([weight])
weight.sum().backward()
optimizer.step()
checkpoint = {**parts, "optimizer": optimizer.state_dict(), "epoch": 99}
torch.save(checkpoint, zipped)
torch.save(checkpoint, legacy, _use_new_zipfile_serialization=False)
