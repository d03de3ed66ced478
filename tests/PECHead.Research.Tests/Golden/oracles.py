"""Independent answers for the tests of models, losses and metrics.

Usage: python3 oracles.py OUT PEER
  OUT   folder for the answers: one <case>.safetensors per case
  PEER  folder of kp_model.py and full_model.py, the same models in plain PyTorch

Needs torch, torchvision, numpy, scipy and scikit-image (Debian: python3-torch python3-torchvision python3-scipy
python3-skimage). Seeds are fixed: the same versions write the same files.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

OUT, PEER = Path(sys.argv[1]), Path(sys.argv[2])
sys.path.insert(0, str(PEER))
DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64", torch.uint8: "U8"}


def save(case, tensors):
    """Write tensors in the safetensors layout: length, JSON header, data."""
    header, parts, offset = {}, [], 0
    for name, value in tensors.items():
        value = torch.as_tensor(value).detach().contiguous()
        data = value.numpy().tobytes()
        header[name] = {"dtype": DTYPES[value.dtype], "shape": list(value.shape),
                        "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (OUT / f"{case}.safetensors").write_bytes(b"".join([struct.pack("<Q", len(text)), text, *parts]))


def smooth(generator, *shape):
    """Frame-like noise in [0, 1]."""
    n, c, h, w = shape
    coarse = torch.rand(n, c, h // 8 + 2, w // 8 + 2, generator=generator)
    fine = torch.rand(n, c, h, w, generator=generator)
    return 0.9 * F.interpolate(coarse, (h, w), mode="bilinear", align_corners=True) + 0.1 * fine


def kp_model():
    """The KP model of size tiny: one training step's forward and gradients, then a forward in evaluation mode."""
    import kp_model as peer

    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(2)
    model = peer.KpModel("tiny")
    with torch.no_grad():
        # Fresh weights put every keypoint in the middle and open every occlusion half: spread both.
        model.detector.heatmap.weight.mul_(15)
        model.motion.mask.weight.mul_(10)
        model.motion.occlusion.weight.mul_(10)
        for name, parameter in model.named_parameters():
            if ".norm" in name:
                parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
    side = model.side
    source, driving = smooth(generator, 3, 3, side, side), smooth(generator, 3, 3, side, side)
    transform = peer.PlaneTransform(3)
    tensors = {"in.source": source, "in.driving": driving, "in.theta": transform.theta,
               "in.coefficients": transform.coefficients}
    tensors |= {f"state.{name}": value.clone() for name, value in model.state_dict().items()}

    model.train()
    result = model(source, driving)
    terms = peer.losses(model, source, driving, result, transform)
    total = sum(terms.values())
    total.backward()
    tensors |= {f"train.{name}": value for name, value in result.items()}
    tensors |= {f"loss.{name}": value.double() for name, value in terms.items()}
    tensors["loss.total"] = total.double()
    tensors["transformed"] = transform.frame(driving)
    tensors |= {f"gradient.{name}": parameter.grad for name, parameter in model.named_parameters()}
    tensors |= {f"after.{name}": value for name, value in model.named_buffers() if "running" in name}
    model.eval()
    with torch.no_grad():
        tensors |= {f"eval.{name}": value for name, value in model(source, driving).items()}
    save("kp_model", tensors)


def spread(model, generator):
    """Fresh weights put every point in the middle and open every occlusion half; trained ones do neither."""
    for name, parameter in model.named_parameters():
        if name.endswith("heatmap.weight"):
            parameter.mul_(15)
        elif name.endswith(("mask.weight", "occlusion.weight", "share.weight")):
            parameter.mul_(10)
        elif name.endswith("prediction.weight"):
            parameter.mul_(20)
        elif name == "generator.final.weight":
            parameter.copy_(0.02 * torch.randn(parameter.shape, generator=generator))
    for name, value in model.state_dict().items():
        if name.endswith("running_mean"):
            value.add_(0.1 * torch.randn(value.shape, generator=generator))
        elif name.endswith("running_var"):
            value.mul_(1 + 0.5 * torch.rand(value.shape, generator=generator))


def clip(generator, side, frames):
    """A batch of two: source frames, then landmarks and conditions of the source and of driving frames."""
    def noise(scale, *shape):
        return scale * torch.randn(*shape, generator=generator)

    source = smooth(generator, 2, 3, side, side)
    landmarks = [0.8 * (2 * torch.rand(2, 68, 2, generator=generator) - 1)]
    landmarks += [landmarks[0] + noise(0.05, 2, 68, 2) for _ in range(frames)]
    conditions = [noise(1, 2, 37) for _ in range(frames + 1)]
    inputs = {"in.source": source} | {f"in.landmarks.{i}": value for i, value in enumerate(landmarks)}
    return source, landmarks, conditions, inputs | {f"in.condition.{i}": value for i, value in enumerate(conditions)}


def full_model(size, slim=False):
    """The whole model in evaluation mode: two frames, the second with the context of the first, and gradients."""
    import full_model as peer

    torch.manual_seed(11)
    generator = torch.Generator().manual_seed(12)
    model = peer.FullModel(size, slim=slim).eval()
    with torch.no_grad():
        spread(model, generator)
    source, landmarks, conditions, tensors = clip(generator, model.side, 2)
    tensors |= {f"state.{name}": value.clone() for name, value in model.state_dict().items()}

    state, context, total = model.encode(source, conditions[0]), None, 0.0
    for i in (1, 2):
        result = model(state, landmarks[0], landmarks[i], conditions[i], context)
        context = result.pop("context")
        tensors |= {f"frame.{i}.{name}": value for name, value in result.items()}
        total = total + (result["image"] - source).square().mean()
    tensors["hidden"] = context[2]
    total.backward()
    tensors |= {f"gradient.{name}": parameter.grad for name, parameter in model.named_parameters()}
    save(f"full_model_{size}{'_slim' if slim else ''}", tensors)


def setting_model(setting, size):
    """A setting that warps by flow, in evaluation mode: a frame, and gradients."""
    import setting_models

    torch.manual_seed(21)
    generator = torch.Generator().manual_seed(22)
    model = setting_models.SettingModel(setting, size, 37).eval()
    with torch.no_grad():
        spread(model, generator)
    source, landmarks, conditions, tensors = clip(generator, model.side, 1)
    tensors |= {f"state.{name}": value.clone() for name, value in model.state_dict().items()}
    result = model(source, landmarks[0], conditions[0], landmarks[1], conditions[1])
    tensors |= {f"frame.1.{name}": value for name, value in result.items()}
    (result["image"] - source).square().mean().backward()
    tensors |= {f"gradient.{name}": parameter.grad for name, parameter in model.named_parameters()}
    save(f"{setting}_model_{size}", tensors)


def similarity():
    """Similarities of the plane as matrices: by torch's affine grids, numpy's inverse and scikit-image's fit to two sets of points."""
    from skimage.transform import SimilarityTransform

    generator = torch.Generator().manual_seed(31)
    angle, log_scale, shift = (0.6 * torch.randn(*shape, generator=generator) for shape in ((4,), (4,), (4, 2)))
    points, frames = 2 * torch.rand(4, 9, 2, generator=generator) - 1, smooth(generator, 4, 3, 24, 32)
    # Counter-clockwise to the eye, with y down.
    cos, sin = log_scale.exp() * angle.cos(), log_scale.exp() * angle.sin()
    matrix = torch.stack([torch.stack([cos, sin, shift[:, 0]], 1), torch.stack([-sin, cos, shift[:, 1]], 1)], 1)
    homogeneous = torch.cat([points, torch.ones(4, 9, 1)], 2)
    square = torch.cat([matrix, torch.tensor([0.0, 0.0, 1.0]).expand(4, 1, 3)], 1)
    inverse = torch.from_numpy(np.linalg.inv(square.double().numpy()))[:, :2]
    warped = F.grid_sample(frames, F.affine_grid(matrix, frames.shape, align_corners=True), padding_mode="reflection", align_corners=True)

    moved = points + 0.1 * torch.randn(4, 9, 2, generator=generator)
    fits = []
    for here, there in zip(moved, points):
        fit = SimilarityTransform()
        assert fit.estimate(here.double().numpy(), there.double().numpy())
        fits.append(fit.params[:2, :2])
    save("similarity", {
        "angle": angle, "log_scale": log_scale, "shift": shift, "points": points, "frames": frames, "warped": warped, "driving": moved,
        "applied": homogeneous @ matrix.transpose(1, 2), "inverse": homogeneous.double() @ inverse.transpose(1, 2), "fit": np.stack(fits)})


def vgg19():
    """torchvision's VGG19 with random weights, and the pyramid loss on it."""
    import torchvision

    import kp_model as peer

    torch.manual_seed(3)
    generator = torch.Generator().manual_seed(4)
    # The convolutional part by torchvision's own table and builder; its fully connected part would only cost time.
    vgg = torchvision.models.vgg
    network = vgg.make_layers(vgg.cfgs["E"])
    for layer in network:
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
            torch.nn.init.uniform_(layer.bias, -0.1, 0.1)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])

    def features(image):
        x, taps = (image - mean[:, None, None]) / deviation[:, None, None], []
        for index, layer in enumerate(network[:30]):
            x = layer(x)
            if index in (1, 6, 11, 20, 29):
                taps.append(x.clone())
        return taps

    generated, driving = smooth(generator, 2, 3, 40, 48), smooth(generator, 2, 3, 40, 48)
    tensors = {f"state.features.{name}": value for name, value in network.state_dict().items()}
    with torch.no_grad():
        tensors |= {"in.generated": generated, "in.driving": driving}
        tensors |= {f"out.{i}": tap for i, tap in enumerate(features(generated))}
        loss = torch.zeros(())
        for scale in (1, 0.5):   # the smaller two would leave less than 16 px
            x, y = generated, driving
            if scale < 1:
                down = peer.AntiAliasDownsample(3, scale)
                x, y = down(x), down(y)
            loss = loss + sum((a - b).abs().mean() for a, b in zip(features(x), features(y)))
        tensors["out.loss"] = loss.double()
    save("vgg19", tensors)


def to_bytes(frames):
    return np.clip(np.round(frames.numpy().astype(np.float64) * 255), 0, 255).transpose(0, 2, 3, 1)


def multi_scale(x, y):
    """MS-SSIM of one channel each, by scipy's Gaussian filter."""
    from scipy.ndimage import gaussian_filter

    def blur(image):
        return gaussian_filter(image, 1.5, truncate=3.5)[5:-5, 5:-5]

    def halve(image):
        image = np.pad(image, [(side % 2, side % 2) for side in image.shape])
        h, w = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        return image[:h, :w].reshape(h // 2, 2, w // 2, 2).mean((1, 3))

    weights, c1, c2, value = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333], 2.55 ** 2, 7.65 ** 2, 1.0
    for level, weight in enumerate(weights):
        if level > 0:
            x, y = halve(x), halve(y)
        mx, my = blur(x), blur(y)
        vx, vy, cov = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
        structure = (2 * cov + c2) / (vx + vy + c2)
        luminance = (2 * mx * my + c1) / (mx * mx + my * my + c1)
        factor = (structure * luminance if level == len(weights) - 1 else structure).mean()
        value *= max(factor, 0) ** weight
    return value


def metrics():
    """L1, PSNR and SSIM by numpy and scikit-image; MS-SSIM by scipy, at a size with odd halves and enlarged."""
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    generator = torch.Generator().manual_seed(5)
    for name, height, width in (("metrics_small", 64, 72), ("metrics_odd", 165, 190)):
        driving = smooth(generator, 3, 3, height, width)
        noise = torch.rand(driving.shape, generator=generator) - 0.5
        generated = (driving + noise * torch.tensor([0.02, 0.2, 1.5])[:, None, None, None]).clamp(0, 1)
        tensors = {"in.generated": generated, "in.driving": driving}
        x, y = to_bytes(generated), to_bytes(driving)
        tensors["L1"] = (generated.double() - driving.double()).abs().mean((1, 2, 3))
        tensors["PSNR"] = torch.tensor([peak_signal_noise_ratio(b, a, data_range=255) for a, b in zip(x, y)])
        tensors["SSIM"] = torch.tensor([
            structural_similarity(a, b, channel_axis=2, data_range=255, gaussian_weights=True, sigma=1.5,
                                  use_sample_covariance=False) for a, b in zip(x, y)], dtype=torch.float64)
        if height <= 160:
            def enlarge(frames):
                planes = torch.from_numpy(frames.transpose(0, 3, 1, 2).copy())
                large = F.interpolate(planes, (256, 256), mode="bilinear", align_corners=False)
                return large.numpy().transpose(0, 2, 3, 1)

            x, y = enlarge(x), enlarge(y)
        tensors["MS-SSIM"] = torch.tensor([
            np.mean([multi_scale(a[..., c], b[..., c]) for c in range(3)]) for a, b in zip(x, y)])
        save(name, tensors)


def face_pose():
    """Euler angles and weighted similarity alignment by scipy.spatial."""
    from scipy.spatial.transform import Rotation

    rng = np.random.default_rng(8)
    angles = rng.uniform(-1.2, 1.2, (5, 3))                      # pitch, yaw, roll
    rotation = Rotation.from_euler("ZYX", angles[:, ::-1])       # R = Rz Ry Rx
    points, weights = rng.normal(size=(12, 3)), rng.uniform(0.1, 1, 12)
    scale, shift = rng.uniform(0.2, 3, 5), rng.normal(size=(5, 3))
    moved = np.stack([s * r.apply(points) + t for s, r, t in zip(scale, rotation, shift)])
    moved += 0.05 * rng.normal(size=moved.shape)
    found_rotation, found_scale = [], []
    for target in moved:
        a = points - np.average(points, axis=0, weights=weights)
        b = target - np.average(target, axis=0, weights=weights)
        found, _ = Rotation.align_vectors(b, a, weights=weights)
        found_rotation.append(found.as_matrix())
        found_scale.append((weights * (found.apply(a) * b).sum(1)).sum() / (weights * (a * a).sum(1)).sum())
    save("face_pose", {
        "angles": angles, "matrices": rotation.as_matrix(), "points": points, "weights": weights, "moved": moved,
        "rotation": np.stack(found_rotation), "scale": np.array(found_scale)})


def deform_conv():
    """torchvision's deformable convolution and all its gradients, in float64, over random settings."""
    import random

    from torchvision.ops import deform_conv2d

    draw, generator, tensors = random.Random(6), torch.Generator().manual_seed(6), {}

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    for case in range(40):
        groups, offset_groups = draw.choice([1, 1, 2, 3]), draw.choice([1, 2, 4, 8])
        channels = offset_groups * groups * draw.choice([1, 2, 5, 8])
        outputs = groups * draw.choice([1, 3, 8, 17])
        kernel = draw.choice([(3, 3), (3, 3), (1, 1), (2, 3), (3, 1)])
        stride, padding, dilation = [tuple(draw.choice(sizes) for _ in "yx") for sizes in ([1, 2, 3], [0, 1, 2], [1, 2])]
        size = draw.choice([(7, 9), (13, 6), (8, 21)]) if case != 7 else (1, 5)
        if case == 7:
            kernel, padding, dilation = (1, 1), (0, 0), (1, 1)
        batch = 0 if case == 3 else draw.choice([1, 2, 3])
        out = [(size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1 for i in (0, 1)]
        taps = kernel[0] * kernel[1]
        spread = draw.choice([0.0, 0.7, 3.0, 40.0])   # 0: taps lie exactly on pixels; 40: most lie far outside
        arguments = {"input": normal(batch, channels, *size),
                     "offset": spread * normal(batch, 2 * offset_groups * taps, *out),
                     "weight": normal(outputs, channels // groups, *kernel)}
        if draw.random() < 0.7:
            arguments["mask"] = torch.sigmoid(normal(batch, offset_groups * taps, *out))
        if draw.random() < 0.7:
            arguments["bias"] = normal(outputs)
        for value in arguments.values():
            value.requires_grad_()
        result = deform_conv2d(**arguments, stride=stride, padding=padding, dilation=dilation)
        slope = normal(*result.shape)
        gradients = torch.autograd.grad(result, list(arguments.values()), slope)
        prefix = f"{case}."
        tensors[prefix + "settings"] = torch.tensor([*stride, *padding, *dilation])
        tensors |= {prefix + "in." + name: value for name, value in arguments.items()}
        tensors |= {prefix + "gradient." + name: value for name, value in zip(arguments, gradients)}
        tensors |= {prefix + "slope": slope, prefix + "result": result}
    save("deform_conv", tensors)


def raft():
    """torchvision's RAFT with random weights, under the names of the authors' files."""
    from torchvision.models.optical_flow import raft_large

    torch.manual_seed(7)
    generator = torch.Generator().manual_seed(8)
    model = raft_large().eval()
    with torch.no_grad():
        for name, buffer in model.named_buffers():
            if name.endswith("running_mean"):
                buffer.copy_(0.1 * torch.randn(buffer.shape, generator=generator))
            if name.endswith("running_var"):
                buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))

    def official(name):
        renamed = [("feature_encoder.", "fnet."), ("context_encoder.", "cnet."), ("convnormrelu1.0.", "conv1."),
                   ("convnormrelu1.1.", "norm1."), ("convnormrelu2.0.", "conv2."), ("convnormrelu2.1.", "norm2."),
                   ("convnormrelu.0.", "conv1."), ("convnormrelu.1.", "norm1."), ("net.conv.", "net.conv2."),
                   ("motion_encoder.", "encoder."), ("recurrent_block.", "gru."), ("mask_predictor.convrelu.0.", "update_block.mask.0."),
                   ("mask_predictor.conv.", "update_block.mask.2.")]
        for ours, theirs in renamed:
            name = name.replace(ours, theirs)
        for part in ("corr", "flow"):
            name = name.replace(f"encoder.conv{part}", f"encoder.conv{part[0]}")
        if ".encoder." in name:
            name = name.replace(".0.weight", ".weight").replace(".0.bias", ".bias")
        for gru in "12":
            for gate in "zrq":
                name = name.replace(f"convgru{gru}.conv{gate}.", f"conv{gate}{gru}.")
        return name

    previous, current = smooth(generator, 2, 3, 128, 136), smooth(generator, 2, 3, 128, 136)
    with torch.no_grad():
        flows = model(2 * current - 1, 2 * previous - 1, num_flow_updates=3)
    tensors = {"state." + official(name): value for name, value in model.state_dict().items()}
    # The authors' files hold the norm of a down-sampling twice.
    for name in [name for name in tensors if ".downsample.1." in name]:
        tensors[name.replace("downsample.1.", "norm3.")] = tensors[name].clone()
    save("raft", {**tensors, "in.current": current, "in.previous": previous, "flow": flows[-1]})


torch.set_num_threads(2)
deform_conv()
raft()
kp_model()
for model_size in ("tiny", "small"):
    full_model(model_size)
    full_model(model_size, slim=True)
    for model_setting in ("kp", "lmk", "direct", "featcat"):
        setting_model(model_setting, model_size)
similarity()
vgg19()
metrics()
face_pose()
