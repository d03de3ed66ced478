"""The settings of Table 4 that warp by flow, in plain PyTorch: keypoints, landmarks, both in series, both concatenated.

Names of modules and shapes of weights are those of the C# models. The parts are those of the peer of the whole model; what a
setting does with them is written here.
"""

import torch
from torch import nn

from full_model import LANDMARK_VARIANCE, LANDMARKS, Locator, MixedMotion
from kp_model import KEYPOINTS, SIZES, DenseMotion, Generator, blend

POINTS = {"keypoints": (KEYPOINTS, 0.01), "landmarks": (LANDMARKS, LANDMARK_VARIANCE),
          "joined": (KEYPOINTS + LANDMARKS, LANDMARK_VARIANCE)}
BRANCHES = {"kp": ["keypoints"], "lmk": ["landmarks"], "direct": ["joined"], "featcat": ["keypoints", "landmarks"]}


class Branch(nn.Module):
    def __init__(self, points, width, limit, blocks):
        super().__init__()
        count, variance = POINTS[points]
        self.motion = DenseMotion(width, limit, blocks, count, variance)


class Concatenation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(2 * channels, channels, 3, padding=1)


class SettingModel(nn.Module):
    """Source frame, landmarks and conditions of source and driving face -> the driving frame."""

    def __init__(self, setting, size, condition):
        super().__init__()
        self.side, width, limit, blocks = SIZES[size]
        self.names, channels = BRANCHES[setting], int(256 * width)
        if self.names != ["landmarks"]:
            self.locator = Locator(width, min(4, blocks), condition)
        for name in self.names:
            self.add_module(name, Branch(name, width, limit, blocks))
        if len(self.names) == 2:
            self.merge = Concatenation(channels)
            self.frame_motion = MixedMotion(sum(self.get_submodule(name).motion.hourglass.channels for name in self.names))
        self.generator = Generator(width)

    def points(self, small, landmarks, condition):
        """The points of every branch, by its name."""
        result = {"landmarks": landmarks}
        if hasattr(self, "locator"):
            result["keypoints"] = self.locator.estimator(small, condition)
            result["joined"] = torch.cat((result["keypoints"], landmarks), dim=1)
        return result

    def forward(self, source, source_landmarks, source_condition, landmarks, condition):
        small = self.get_submodule(self.names[0]).motion.downsample(source)
        here, there = self.points(small, source_landmarks, source_condition), self.points(small, landmarks, condition)
        features = self.generator.encode(source)
        motions = [self.get_submodule(name).motion(small, here[name], there[name]) for name in self.names]
        aligned = [blend(features, deformation, occlusion) for deformation, occlusion, _ in motions]
        if len(motions) == 1:
            (deformation, occlusion, _), merged = motions[0], aligned[0]
        else:
            (d_global, o_global, f_global), (d_local, o_local, f_local) = motions
            merged = self.merge.conv(torch.cat(aligned, dim=1))
            share = torch.sigmoid(self.frame_motion.share(torch.cat((f_global, f_local), dim=1)))
            deformation = d_local + share.permute(0, 2, 3, 1) * (d_global - d_local)
            occlusion = o_local + share * (o_global - o_local)
        image = self.generator.decode(self.generator.refine(merged), source, deformation, occlusion)
        return {"image": image, "deformation": deformation, "occlusion": occlusion}
