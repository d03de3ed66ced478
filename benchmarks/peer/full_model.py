"""The whole PECHead (last row of Table 4) in plain PyTorch: the peer of the C# model, and its oracle in the tests.

Names of modules and shapes of weights are those of the C# model, so that a state dict fits both. Keypoints come from pose and
expression (Eq. 2), two motions align the source's features at two scales by deformable convolution (Eq. 3), and the features of
the frame before are carried along (Eq. 4). The source stands still, so the frame flow of Eq. 4 is the identity.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import deform_conv2d

from kp_model import (KEYPOINTS, SIZES, TEMPERATURE, ConvBlock, DenseMotion, Generator, ResBlock, grid_like, warp)

LANDMARKS = 68
LANDMARK_VARIANCE = 0.0025
GROUPS = 8
TAPS = 9
MAX_RESIDUAL = 10 / 64   # of the map's longer side


class AdaptiveNorm(nn.Module):
    """AdaIN: (1 + gamma) IN(x) + beta, both linear in the style."""

    def __init__(self, channels, style):
        super().__init__()
        self.affine = nn.Linear(style, 2 * channels)

    def forward(self, x, style):
        gamma, beta = self.affine(style)[:, :, None, None].chunk(2, dim=1)
        return (1 + gamma) * F.instance_norm(x) + beta


class AdaptiveBlock(nn.Module):
    """Pre-activation residual block with AdaIN; `up` doubles the side, otherwise it is halved."""

    def __init__(self, channels_in, channels_out, style, up=False):
        super().__init__()
        middle = channels_out if up else channels_in
        self.norm1 = AdaptiveNorm(channels_in, style)
        self.conv1 = nn.Conv2d(channels_in, middle, 3, padding=1)
        self.norm2 = AdaptiveNorm(middle, style)
        self.conv2 = nn.Conv2d(middle, channels_out, 3, padding=1)
        self.skip = nn.Conv2d(channels_in, channels_out, 1)
        self.up = up

    def forward(self, x, style):
        y = F.leaky_relu(self.norm1(x, style), 0.2)
        if self.up:
            y = F.interpolate(y, scale_factor=2, mode="nearest")
        y = self.conv2(F.leaky_relu(self.norm2(self.conv1(y), style), 0.2))
        if self.up:
            return F.interpolate(self.skip(x), scale_factor=2, mode="nearest") + y
        return self.skip(F.avg_pool2d(x, 2)) + F.avg_pool2d(y, 2)


class KeypointEstimator(nn.Module):
    """k^z = E(x^s, p^z, e^z): reduced source frame and condition [N,P+E] -> keypoints [N,K,2]."""

    def __init__(self, width, blocks, condition):
        super().__init__()
        base, style = int(32 * width), int(256 * width)
        self.style1, self.style2 = nn.Linear(condition, style), nn.Linear(style, style)
        self.first = nn.Conv2d(5, base, 7, padding=3)
        self.down = nn.ModuleList(AdaptiveBlock(base << i, base << (i + 1), style) for i in range(blocks))
        self.up = nn.ModuleList(
            AdaptiveBlock((base << i) * (1 if i == blocks else 2), base << (i - 1), style, up=True) for i in range(blocks, 0, -1))
        self.heatmap = nn.Conv2d(2 * base + 5, KEYPOINTS, 7, padding=3)

    def forward(self, small, condition):
        style = F.leaky_relu(self.style2(F.leaky_relu(self.style1(condition), 0.2)), 0.2)
        n, _, h, w = small.shape
        grid = grid_like(h, w, small).permute(2, 0, 1).expand(n, 2, h, w)
        placed = torch.cat((small, grid), dim=1)
        x, skips = self.first(placed), []
        for block in self.down:
            skips.append(x)
            x = block(x, style)
        for block in self.up:
            x = torch.cat((block(x, style), skips.pop()), dim=1)
        logits = self.heatmap(torch.cat((x, placed), dim=1)).float()
        probability = torch.softmax(logits.flatten(2) / TEMPERATURE, dim=-1)
        return (probability[..., None] * grid_like(h, w, probability).reshape(-1, 2)).sum(2)


class DeformableAlignment(nn.Module):
    """Eq. 3: the motion plus a predicted residual are the offsets of a deformable convolution; occluded places keep the feature."""

    def __init__(self, channels, motion_channels, width):
        super().__init__()
        reduced, hidden = int(64 * width), int(128 * width)
        self.reduce = nn.Conv2d(motion_channels, reduced, 1)
        self.head = nn.ModuleList(ConvBlock(i, hidden) for i in (reduced + 2, hidden, hidden))
        self.prediction = nn.Conv2d(hidden, 3 * TAPS * GROUPS, 3, padding=1)
        self.dcn = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, features, deformation, occlusion, motion_features):
        h, w = features.shape[2:]
        deformation = resize(deformation.permute(0, 3, 1, 2), h, w)
        flow = deformation - grid_like(h, w, deformation).permute(2, 0, 1)
        x = torch.cat((resize(self.reduce(motion_features), h, w), flow), dim=1)
        for block in self.head:
            x = block(x)
        raw = 0.1 * self.prediction(x).float()
        pixels = torch.cat((flow[:, 1:] * ((h - 1) / 2), flow[:, :1] * ((w - 1) / 2)), dim=1)
        residual = torch.tanh(raw[:, : 2 * TAPS * GROUPS]) * (MAX_RESIDUAL * max(h, w))
        offsets = pixels.repeat(1, TAPS * GROUPS, 1, 1) + residual
        mask = torch.sigmoid(raw[:, 2 * TAPS * GROUPS:])
        aligned = deform_conv2d(features.float(), offsets, self.dcn.weight, self.dcn.bias, padding=1, mask=mask)
        return features + (aligned - features) * resize(occlusion, h, w)


class Branch(nn.Module):
    """A set of points: its level of the features, its motion and its alignment."""

    def __init__(self, channels, width, limit, blocks, points, variance, coarse, reduced=0):
        super().__init__()
        self.level = nn.ModuleList([ResBlock(channels, 2 * channels, down=True)] if coarse else [])
        self.motion = DenseMotion(width, limit, blocks, points, variance, reduced)
        self.alignment = DeformableAlignment(channels * (2 if coarse else 1), self.motion.hourglass.channels, width)


class Fusion(nn.Module):
    """Joins both scales at the finer one."""

    def __init__(self, channels):
        super().__init__()
        self.reduce = nn.Conv2d(2 * channels, channels, 1)
        self.fuse = nn.Conv2d(2 * channels, channels, 3, padding=1)
        self.block = ResBlock(channels, channels)

    def forward(self, coarse, fine):
        enlarged = F.interpolate(self.reduce(coarse), size=fine.shape[2:], mode="bilinear", align_corners=False)
        return self.block(self.fuse(torch.cat((fine, enlarged), dim=1)))


class ConvGru(nn.Module):
    """z, r = sigmoid(conv[x, h]); q = tanh(conv[x, r h]); h + z (q - h)."""

    def __init__(self, channels, half_gates=False):
        super().__init__()
        self.half_gates = half_gates
        self.gates = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1)
        self.candidate = nn.Conv2d(2 * channels, channels, 3, padding=1)

    def forward(self, x, hidden):
        both = torch.cat((x, hidden), dim=1)
        if self.half_gates:
            gates = F.interpolate(self.gates(F.avg_pool2d(both, 2, ceil_mode=True)), size=both.shape[2:], mode="nearest")
        else:
            gates = self.gates(both)
        update, reset = torch.sigmoid(gates).chunk(2, dim=1)
        candidate = torch.tanh(self.candidate(torch.cat((x, reset * hidden), dim=1)))
        return hidden + update * (candidate - hidden)


class Propagation(nn.Module):
    """Eq. 4: the aligned features, adapted to what the frame before left."""

    def __init__(self, channels, slim=False):
        super().__init__()
        self.adapt1 = nn.Conv2d(4 * channels, channels, 1) if slim else nn.Conv2d(4 * channels, 2 * channels, 3, padding=1)
        self.adapt2 = nn.Conv2d(channels if slim else 2 * channels, channels, 3, padding=1)
        self.adapt3 = nn.Conv2d(channels, channels, 3, padding=1)
        self.memory = ConvGru(channels, half_gates=slim)

    def adapt(self, aligned, deformation, previous):
        h, w = aligned.shape[2:]
        zero = torch.zeros_like(aligned)
        raw, refined, hidden = previous if previous is not None else (None, zero, zero)
        carried = zero if raw is None else warp(raw.float(), resize(deformation.permute(0, 3, 1, 2), h, w).permute(0, 2, 3, 1))
        x = torch.cat((aligned, carried, refined, hidden), dim=1)
        x = F.leaky_relu(self.adapt2(F.leaky_relu(self.adapt1(x), 0.1)), 0.1)
        return aligned + self.adapt3(x)

    def remember(self, raw, refined, previous):
        return raw, refined, self.memory(refined, torch.zeros_like(refined) if previous is None else previous[2])


class Locator(nn.Module):
    def __init__(self, width, blocks, condition):
        super().__init__()
        self.estimator = KeypointEstimator(width, blocks, condition)


class MixedMotion(nn.Module):
    """How much of either motion moves the source frame itself."""

    def __init__(self, channels):
        super().__init__()
        self.share = nn.Conv2d(channels, 1, 3, padding=1)


class FullModel(nn.Module):
    """Source frame, landmarks and conditions of source and driving face -> the driving frame, and what is passed on."""

    def __init__(self, size="small", condition=37, slim=False):
        """`slim`: context through a third of the arithmetic, and the motion's heads on 32 channels."""
        super().__init__()
        reduced = 32 if slim else 0
        self.side, width, limit, blocks = SIZES[size]
        channels = int(256 * width)
        self.locator = Locator(width, min(4, blocks), condition)
        self.keypoints = Branch(channels, width, limit, blocks, KEYPOINTS, 0.01, coarse=True, reduced=reduced)
        self.landmarks = Branch(channels, width, limit, blocks, LANDMARKS, LANDMARK_VARIANCE, coarse=False, reduced=reduced)
        self.merge = Fusion(channels)
        self.frame_motion = MixedMotion(self.keypoints.motion.hourglass.channels + self.landmarks.motion.hourglass.channels)
        self.propagation = Propagation(channels, slim)
        self.generator = Generator(width)

    def encode(self, source, condition):
        """What is needed once per source: the frame, small, its features at both scales, its keypoints."""
        small = self.keypoints.motion.downsample(source)
        features = self.generator.encode(source)
        return source, small, features, self.keypoints.level[0](features), self.locator.estimator(small, condition)

    def forward(self, state, source_landmarks, landmarks, condition, previous=None):
        source, small, fine, coarse, source_keypoints = state
        keypoints = self.locator.estimator(small, condition)
        d_global, o_global, f_global = self.keypoints.motion(small, source_keypoints, keypoints)
        d_local, o_local, f_local = self.landmarks.motion(small, source_landmarks, landmarks)
        merged = self.merge(
            self.keypoints.alignment(coarse, d_global, o_global, f_global), self.landmarks.alignment(fine, d_local, o_local, f_local))
        share = torch.sigmoid(self.frame_motion.share(torch.cat((f_global, f_local), dim=1)).float())
        deformation = torch.lerp(d_local, d_global, share.permute(0, 2, 3, 1))
        occlusion = torch.lerp(o_local, o_global, share)
        refined = self.generator.refine(self.propagation.adapt(merged, d_local, previous))
        image = self.generator.decode(refined, source, deformation, occlusion)
        return {"image": image, "keypoints": keypoints, "deformation": deformation, "occlusion": occlusion,
                "context": self.propagation.remember(fine, refined, previous)}


def resize(maps, height, width):
    """Bilinear, border centres onto border centres."""
    return F.interpolate(maps, size=(height, width), mode="bilinear", align_corners=True)
