"""Writes checkpoints with PyTorch in both layouts, and what they hold as JSON, into the folder given as argument."""
import base64
import collections
import json
import os
import pickle
import struct
import sys
import tarfile

import numpy as np
import torch

folder = sys.argv[1]
manifest = []
torch.manual_seed(7)


def describe(state):
    return {
        name: {
            "dtype": str(tensor.dtype).replace("torch.", ""),
            "shape": list(tensor.shape),
            "data": base64.b64encode(tensor.detach().contiguous().clone().view(-1).numpy().tobytes()
                                     if tensor.dtype != torch.bfloat16
                                     else tensor.detach().contiguous().view(torch.int16).numpy().tobytes()).decode(),
        }
        for name, tensor in state.items()
    }


def save(name, value, expected, container=None, **options):
    for layout, new in (("zip", True), ("legacy", False)):
        path = f"{name}.{layout}.pth"
        torch.save(value, os.path.join(folder, path), _use_new_zipfile_serialization=new, **options)
        manifest.append({"file": path, "container": container, "tensors": describe(expected)})


dtypes = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
          torch.float16, torch.bfloat16, torch.float32, torch.float64]
every = collections.OrderedDict()
for dtype in dtypes:
    name = str(dtype).replace("torch.", "")
    every[f"{name}.matrix"] = (torch.randn(3, 5) * 50).to(dtype)
    every[f"{name}.scalar"] = torch.tensor(3.25).to(dtype)
    every[f"{name}.empty"] = torch.empty(0, 4, dtype=dtype)
every["special"] = torch.tensor([float("nan"), float("inf"), -float("inf"), -0.0, 1e-42])
save("dtypes", every, every)
save("protocol4", every, every, pickle_protocol=4)

base = torch.arange(120, dtype=torch.float32).reshape(4, 5, 6)
views = {
    "whole": base,
    "tail": base[2:],
    "inner": base[1:3, 1:4, 2:5],
    "transposed": base.transpose(0, 2),
    "stepped": base[:, ::2, ::3],
    "element": base[3, 4, 5],
    "diagonal": torch.as_strided(base, (4,), (31,), 3),
    "overlapping": torch.as_strided(base, (10, 4), (2, 1), 7),
    "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 7),
    "channels_last": torch.randn(2, 3, 4, 5).contiguous(memory_format=torch.channels_last),
    "half_view": torch.arange(20).half()[5:15:2],
    "empty_view": base[4:],
}
save("views", views, views)

network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.Conv2d(4, 2, 1))
network(torch.randn(2, 3, 8, 8))
weights = network.state_dict()
save("module", weights, weights)
save("parallel", torch.nn.DataParallel(network).state_dict(), weights)
save("parameters", dict(network.named_parameters()), dict(network.named_parameters()))

marked = torch.nn.Parameter(torch.randn(2, 2))
marked.partial_eval = True
plain = torch.randn(3)
plain.note = "kept in Python only"
save("attributes", {"marked": marked, "plain": plain}, {"marked": marked, "plain": plain})

optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
network(torch.randn(2, 3, 8, 8)).sum().backward()
optimizer.step()
weights = {name: tensor.clone() for name, tensor in network.state_dict().items()}
detector = torch.nn.Linear(3, 2).state_dict()
training = {
    "generator": weights,
    "kp_detector": detector,
    "optimizer_generator": optimizer.state_dict(),
    "epoch": 99,
}
save("training", training, weights, "generator")
save("training_detector", training, detector, "kp_detector")
save("single", {"net_recon": weights, "opt": optimizer.state_dict(), "iteration": 5}, weights)
save("averaged", {"params": detector, "params_ema": weights}, weights)
save("nested", {"meta": {"author": "nobody"}, "models": {"face": {"state_dict": detector}}}, detector)
save("nested_path", {"models": {"face": detector, "body": weights}}, detector, "models/face")

counter = collections.Counter([3, 3, 5])
logs = collections.defaultdict(list)
logs["loss"].extend([0.5, np.float64(0.25), np.float32(0.125), np.int64(-7), np.uint8(200), np.bool_(True), np.float16(1.5)])
save("logs", {
    "state_dict": weights,
    "logs": logs,
    "milestones": counter,
    "size": torch.Size([1, 2, 3]),
    "device": torch.device("cuda", 0),
    "dtype": torch.float16,
    "layout": torch.strided,
    "names": {"a", "b"},
    "big": 2 ** 70,
    "negative": -2 ** 40,
    "raw": b"\x00\xff bytes",
    "text": "größe \u4e2d",
    "nested": [None, True, False, (1, (2, [3.5])), {}],
    "scheduler": torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5]).state_dict(),
}, weights)


class OldPickler(pickle.Pickler):
    """Files of the oldest versions share bytes by views of storages instead of offsets of tensors."""

    def persistent_id(self, value):
        if isinstance(value, tuple) and len(value) == 4 and value[0] == "view":
            _, key, offset, count = value
            return ("storage", torch.FloatStorage, "root", "cpu", 24, (key, offset, count))
        return None


class Tensor:
    def __init__(self, view, size, stride):
        self.view, self.size, self.stride = view, size, stride

    def __reduce__(self):
        return torch._utils._rebuild_tensor, (self.view, 0, self.size, self.stride)


class Python2Dict(dict):
    """Python 2 wrote an ordered dictionary as a list of lists."""

    def __init__(self, items):
        super().__init__()
        self.pairs = [list(pair) for pair in items]

    def __reduce__(self):
        return collections.OrderedDict, (self.pairs,)


data = np.arange(24, dtype=np.float32)
with open(os.path.join(folder, "storage_views.legacy.pth"), "wb") as file:
    pickle.dump(0x1950a86a20f9469cfc6c, file, protocol=2)
    pickle.dump(1001, file, protocol=2)
    pickle.dump(dict(protocol_version=1001, little_endian=True, type_sizes=dict(short=2, int=4, long=4)), file, protocol=2)
    OldPickler(file, protocol=2).dump(Python2Dict([
        ("first", Tensor(("view", "a", 0, 12), (3, 4), (4, 1))),
        ("second", Tensor(("view", "b", 12, 6), (2, 3), (1, 2))),
    ]))
    pickle.dump(["root"], file, protocol=2)
    file.write(struct.pack("<q", 24))
    file.write(data.tobytes())
flat = torch.from_numpy(data)
manifest.append({
    "file": "storage_views.legacy.pth",
    "container": None,
    "tensors": describe({"first": flat[:12].reshape(3, 4), "second": torch.as_strided(flat, (2, 3), (1, 2), 12)}),
})


class Harmful:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


proof = os.path.join(folder, "executed")
for name, value in {
    "system": Harmful(os.system, f"touch {proof}"),
    "eval": Harmful(eval, f"open({proof!r}, 'w')"),
    "getattr": Harmful(getattr, "text", "upper"),
    "module": network,
    "namespace": collections.namedtuple,
    "array": np.zeros(3),
    "complex": torch.zeros(2, dtype=torch.complex64),
    "sparse": torch.eye(3).to_sparse(),
    "quantized": torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.quint8),
}.items():
    for layout, new in (("zip", True), ("legacy", False)):
        torch.save({"weight": torch.zeros(1), "other": value}, os.path.join(folder, f"refused.{name}.{layout}.pth"),
                   _use_new_zipfile_serialization=new)

torch.jit.script(torch.nn.Linear(1, 1)).save(os.path.join(folder, "other.script.pt"))
np.savez(os.path.join(folder, "other.npz"), a=data)
torch.save(torch.zeros(3), os.path.join(folder, "other.tensor.pth"))
with tarfile.open(os.path.join(folder, "other.tar"), "w") as archive:
    archive.add(__file__, "tensors")
with open(os.path.join(folder, "other.pickle"), "wb") as file:
    pickle.dump({"weight": data.tolist()}, file, protocol=2)

small = {"weight": torch.tensor([1.0, 2.0, 3.0]), "steps": torch.tensor(4)}
torch.save(small, os.path.join(folder, "small.zip.pth"))
torch.save(small, os.path.join(folder, "small.legacy.pth"), _use_new_zipfile_serialization=False)

with open(os.path.join(folder, "manifest.json"), "w") as file:
    json.dump(manifest, file)
