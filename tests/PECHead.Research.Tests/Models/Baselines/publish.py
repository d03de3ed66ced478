"""Writes a safetensors copy of published weights as PyTorch checkpoints of both layouts: publish.py COPY ZIP LEGACY."""

import json
import struct
import sys
from collections import OrderedDict

import numpy
import torch

copy, zipped, legacy = sys.argv[1:]
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
weight = torch.nn.Parameter(torch.zeros(2))
optimizer = torch.optim.Adam([weight])
weight.sum().backward()
optimizer.step()
checkpoint = {**parts, "optimizer": optimizer.state_dict(), "epoch": 99}
torch.save(checkpoint, zipped)
torch.save(checkpoint, legacy, _use_new_zipfile_serialization=False)
