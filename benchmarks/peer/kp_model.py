"""The KP model of PECHead (first row of Table 4: keypoints only) in plain PyTorch.

This is the peer that the C# model is benchmarked against: the same modules, the same losses, the same arithmetic, written in the
eager form that people run. Images are [N,3,H,W] in [0,1]; coordinates are (x, y) in [-1,1], pixel centres of the border at +-1.
"""

import torch
import torch.nn.functional as F
from torch import nn

KEYPOINTS = 10
TEMPERATURE = 0.1
HEATMAP_VARIANCE = 0.01
WORK_SCALE = 0.25

# name -> (side in pixels, width multiplier, most channels in an hourglass, its blocks)
SIZES = {"tiny": (64, 0.25, 256, 3), "small": (128, 0.25, 128, 4), "paper": (256, 1.0, 1024, 5)}
SIDES = [side for side, *_ in SIZES.values()]


def size_of(side):
    """The name of the configuration whose frames have this side."""
    return next(name for name, (s, *_) in SIZES.items() if s == side)


def grid_like(height, width, like):
    """Identity sampling grid [H,W,2] whose ends are at +-1."""
    x = torch.linspace(-1, 1, width, dtype=like.dtype, device=like.device)
    y = torch.linspace(-1, 1, height, dtype=like.dtype, device=like.device)
    return torch.stack((x.expand(height, width), y[:, None].expand(height, width)), dim=-1)


def warp(image, grid, padding="zeros"):
    """Sample image [N,C,H,W] at grid [N,h,w,2] (absolute coordinates)."""
    return F.grid_sample(image, grid, mode="bilinear", padding_mode=padding, align_corners=True)


def warp_frame(frame, deformation):
    """Warp a frame [N,C,H,W] by a smaller deformation [N,h,w,2]; beyond its border the frame goes on as it ends."""
    full = F.interpolate(deformation.permute(0, 3, 1, 2), size=frame.shape[2:], mode="bilinear", align_corners=True)
    return warp(frame, full.permute(0, 2, 3, 1), padding="border")


def gaussian_maps(points, height, width, variance=HEATMAP_VARIANCE):
    """Gaussian bumps [N,K,H,W] around points [N,K,2]."""
    offset = grid_like(height, width, points) - points[:, :, None, None, :]
    return torch.exp(-offset.square().sum(-1) / (2 * variance))


class AntiAliasDownsample(nn.Module):
    """Gaussian blur, then every (1/scale)-th pixel starting at 0."""

    def __init__(self, channels, scale):
        super().__init__()
        sigma = (1 / scale - 1) / 2
        radius = round(sigma * 4)
        axis = torch.arange(-radius, radius + 1, dtype=torch.float32)
        line = torch.exp(-axis.square() / (2 * sigma * sigma))
        kernel = line[:, None] * line[None, :]
        kernel = kernel / kernel.sum()
        self.register_buffer("weight", kernel.expand(channels, 1, *kernel.shape).contiguous())
        self.stride = int(1 / scale)
        self.radius = radius

    def forward(self, image):
        blurred = F.conv2d(image, self.weight, padding=self.radius, groups=image.shape[1])
        return blurred[:, :, :: self.stride, :: self.stride]


class ConvBlock(nn.Module):
    """Convolution, norm, ReLU; then optionally a 2x2 mean, or before it a nearest x2."""

    def __init__(self, channels_in, channels_out, kernel=3, down=False, up=False):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel, padding=kernel // 2)
        self.norm = nn.BatchNorm2d(channels_out)
        self.down, self.up = down, up

    def forward(self, x):
        if self.up:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = F.relu(self.norm(self.conv(x)))
        return F.avg_pool2d(x, 2) if self.down else x


class ResBlock(nn.Module):
    """Pre-activation residual block; `down` halves and `up` doubles the side.

    The 1x1 convolution of the skip commutes with both resamplings, so it runs on the smaller map.
    """

    def __init__(self, channels_in, channels_out, down=False, up=False):
        super().__init__()
        middle = channels_out if up else channels_in
        self.norm1 = nn.BatchNorm2d(channels_in)
        self.conv1 = nn.Conv2d(channels_in, middle, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(middle)
        self.conv2 = nn.Conv2d(middle, channels_out, 3, padding=1)
        self.skip = nn.Conv2d(channels_in, channels_out, 1) if channels_in != channels_out else None
        self.down, self.up = down, up

    def forward(self, x):
        y = F.relu(self.norm1(x))
        if self.up:
            y = F.interpolate(y, scale_factor=2, mode="nearest")
        y = self.conv2(F.relu(self.norm2(self.conv1(y))))
        if self.down:
            y, x = F.avg_pool2d(y, 2), F.avg_pool2d(x, 2)
        if self.skip is not None:
            x = self.skip(x)
        if self.up:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        return x + y


class Hourglass(nn.Module):
    """U-Net of FOMM: the output concatenates the last decoder map with the input itself."""

    def __init__(self, expansion, channels_in, limit, blocks):
        super().__init__()

        def width(level):
            return min(limit, expansion * 2**level)

        self.encoder = nn.ModuleList(
            ConvBlock(channels_in if i == 0 else width(i), width(i + 1), down=True) for i in range(blocks))
        self.decoder = nn.ModuleList(
            ConvBlock((1 if i == blocks - 1 else 2) * width(i + 1), width(i), up=True) for i in reversed(range(blocks)))
        self.channels = expansion + channels_in

    def forward(self, x):
        maps = [x]
        for block in self.encoder:
            maps.append(block(maps[-1]))
        y = maps.pop()
        for block in self.decoder:
            y = torch.cat((block(y), maps.pop()), dim=1)
        return y


class KeypointDetector(nn.Module):
    """Frame [N,3,H,W] -> K keypoints [N,K,2]: soft-argmax of heatmaps."""

    def __init__(self, width, limit, blocks):
        super().__init__()
        self.downsample = AntiAliasDownsample(3, WORK_SCALE)
        self.hourglass = Hourglass(int(32 * width), 3, limit, blocks)
        self.heatmap = nn.Conv2d(self.hourglass.channels, KEYPOINTS, 7)

    def forward(self, frame):
        logits = self.heatmap(self.hourglass(self.downsample(frame))).float()
        n, k, h, w = logits.shape
        probability = torch.softmax(logits.reshape(n, k, h * w) / TEMPERATURE, dim=-1)
        return probability @ grid_like(h, w, probability).reshape(h * w, 2)


def similarities(identity, points_source, points_driving):
    """Every point proposes its own shift, with the turn and scale that fit the whole set best; in complex numbers one factor."""
    driving, source = (
        torch.view_as_complex((points - points.mean(1, keepdim=True)).detach().float()) for points in (points_driving, points_source))
    factor = ((driving.conj() * source).sum(1) + 1e-6) / (driving.abs().square().sum(1) + 1e-6)
    offsets = torch.view_as_complex(identity - points_driving[:, :, None, None, :].float())
    return points_source[:, :, None, None, :] + torch.view_as_real(factor[:, None, None, None] * offsets)


class DenseMotion(nn.Module):
    """Source frame and two sets of points -> deformation [N,h,w,2], occlusion [N,1,h,w] and features, at a quarter of the side."""

    def __init__(self, width, limit, blocks, points=KEYPOINTS, variance=HEATMAP_VARIANCE, reduced=0):
        """`reduced`: channels that the heads read, which a 1x1 block makes of all; 0: all of them."""
        super().__init__()
        self.points, self.variance = points, variance
        self.downsample = AntiAliasDownsample(3, WORK_SCALE)
        self.hourglass = Hourglass(int(64 * width), (points + 1) * 4, limit, blocks)
        self.reduce = ConvBlock(self.hourglass.channels, reduced, kernel=1) if reduced else None
        channels = reduced or self.hourglass.channels
        self.mask = nn.Conv2d(channels, points + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(channels, 1, 7, padding=3)

    def forward(self, small, points_source, points_driving):
        small = small.float()
        n, _, h, w = small.shape
        difference = gaussian_maps(points_driving, h, w, self.variance) - gaussian_maps(points_source, h, w, self.variance)
        heat = torch.cat((torch.zeros_like(difference[:, :1]), difference), dim=1)

        identity = grid_like(h, w, small).expand(n, 1, h, w, 2)
        motions = torch.cat((identity, similarities(identity, points_source, points_driving)), dim=1)

        tiled = small[:, None].expand(n, self.points + 1, 3, h, w).reshape(-1, 3, h, w)
        warped = warp(tiled, motions.reshape(-1, h, w, 2)).reshape(n, self.points + 1, 3, h, w)
        features = self.hourglass(torch.cat((heat[:, :, None], warped), dim=2).reshape(n, -1, h, w))

        read = features if self.reduce is None else self.reduce(features)
        mask = torch.softmax(self.mask(read).float(), dim=1)
        deformation = (mask[..., None] * motions).sum(1)
        occlusion = torch.sigmoid(self.occlusion(read).float())
        return deformation, occlusion, features


class Generator(nn.Module):
    """Encoder of two down ResBlocks, the paper's warp rule, bottleneck, decoder of two up ResBlocks."""

    def __init__(self, width, bottleneck=6):
        super().__init__()
        c1, c2, c3 = int(64 * width), int(128 * width), int(256 * width)
        self.first = ConvBlock(3, c1, kernel=7)
        self.down = nn.ModuleList((ResBlock(c1, c2, down=True), ResBlock(c2, c3, down=True)))
        self.bottleneck = nn.ModuleList(ResBlock(c3, c3) for _ in range(bottleneck))
        self.up = nn.ModuleList((ResBlock(c3, c2, up=True), ResBlock(c2, c1, up=True)))
        self.final = nn.Conv2d(c1, 3, 7, padding=3)
        nn.init.zeros_(self.final.weight)  # the first output is the warped source, faded by the occlusion
        nn.init.zeros_(self.final.bias)

    def encode(self, source):
        x = self.first(source)
        for block in self.down:
            x = block(x)
        return x

    def refine(self, features):
        for block in self.bottleneck:
            features = block(features)
        return features

    def decode(self, features, source, deformation, occlusion):
        for block in self.up:
            features = block(features)
        warped = warp_frame(source, deformation).clamp(0.02, 0.98)
        visible = F.interpolate(occlusion, size=source.shape[2:], mode="bilinear", align_corners=True)
        return torch.sigmoid(self.final(features).float() + visible * torch.log(warped / (1 - warped)))


def blend(features, deformation, occlusion):
    """Occluded places keep the feature that was not warped: the paper's rule, unlike FOMM's."""
    return warp(features.float(), deformation) * occlusion + features * (1 - occlusion)


class KpModel(nn.Module):
    """Source and driving frame -> the driving frame, rebuilt from the source."""

    def __init__(self, size="small"):
        super().__init__()
        self.side, width, limit, blocks = SIZES[size]
        self.detector = KeypointDetector(width, limit, blocks)
        self.motion = DenseMotion(width, limit, blocks)
        self.generator = Generator(width)

    def encode(self, source):
        """What is needed once per source: the frame, its keypoints, the same small, its features."""
        return source, self.detector(source), self.motion.downsample(source), self.generator.encode(source)

    def forward(self, source, driving):
        return self.animate(self.encode(source), driving)

    def animate(self, state, driving):
        source, points_source, small, features = state
        points_driving = self.detector(driving)
        deformation, occlusion, _ = self.motion(small, points_source, points_driving)
        aligned = blend(features, deformation, occlusion)
        image = self.generator.decode(self.generator.refine(aligned), source, deformation, occlusion)
        return {"image": image, "points_source": points_source, "points_driving": points_driving,
                "deformation": deformation, "occlusion": occlusion}


class PlaneTransform:
    """Random affine plus thin-plate transform of the plane, one per batch element; its draws are N(0, 0.05) and N(0, 0.005)."""

    def __init__(self, batch, sigma_affine=0.05, sigma_tps=0.005, points=5):
        self.theta = torch.eye(2, 3) + sigma_affine * torch.randn(batch, 2, 3)
        self.control = grid_like(points, points, torch.zeros(())).reshape(-1, 2)
        self.coefficients = sigma_tps * torch.randn(batch, points * points, 1)

    def points(self, coordinates):
        """Transform coordinates [N,P,2], or [1,P,2] when every batch element has the same ones."""
        moved = coordinates @ self.theta[:, :, :2].transpose(1, 2) + self.theta[:, None, :, 2]
        distance = (coordinates[:, :, None, :] - self.control).abs().sum(-1)
        radial = distance.square() * torch.log(distance + 1e-6)
        return moved + radial @ self.coefficients

    def frame(self, image):
        """x_T(z) = x(T(z)), reflected at the border."""
        n, _, h, w = image.shape
        flat = grid_like(h, w, image).reshape(1, h * w, 2)
        return warp(image, self.points(flat).reshape(n, h, w, 2), padding="reflection")


def pyramid_loss(image, target, scales=4):
    """Offline stand-in for the perceptual loss: mean absolute difference of colours and of both gradients over an image pyramid."""
    total = image.new_zeros(())
    for scale in range(scales):
        if scale > 0:
            image, target = F.avg_pool2d(image, 2), F.avg_pool2d(target, 2)
        error = image - target
        total = total + error.abs().mean()
        total = total + (error[..., 1:] - error[..., :-1]).abs().mean()
        total = total + (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return total


def spread_loss(points, margin=0.1):
    """Hinge on the squared distance of every ordered pair of keypoints, mean over the batch."""
    square = (points[:, :, None] - points[:, None]).square().sum(-1)
    pairs = 1 - torch.eye(points.shape[1])
    return (F.relu(margin - square) * pairs).sum((1, 2)).mean()


def losses(model, source, driving, result, transform):
    """The weighted terms of the training objective; their sum is minimised."""
    transformed = model.detector(transform.frame(driving))
    warped = warp_frame(source, result["deformation"])
    return {
        "pixel": 10 * (result["image"] - driving).abs().mean(),
        "perceptual": 10 * pyramid_loss(result["image"], driving),
        "spread": 10 * (spread_loss(result["points_source"]) + spread_loss(result["points_driving"])),
        "equivariance": 10 * (result["points_driving"] - transform.points(transformed)).abs().mean(),
        "warp": 10 * (warped - driving).abs().mean(),
    }


def smooth_frames(batch, side, seed):
    """Deterministic frame-like noise [N,3,side,side] in [0,1] for timing."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(batch, 3, side // 8, side // 8, generator=generator)
    return F.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=True)
