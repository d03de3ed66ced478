using PECHead.Research.Models;
using PECHead.Research.Models.Baselines.ArticulatedAnimation;
using PECHead.Research.Models.Baselines.Codebooks;
using PECHead.Research.Models.Baselines.DepthAware;
using PECHead.Research.Models.Baselines.FaceToFace;
using PECHead.Research.Models.Baselines.FirstOrder;
using PECHead.Research.Models.Baselines.FreeView;
using PECHead.Research.Models.Baselines.LatentAnimator;
using PECHead.Research.Models.Baselines.LivePortrait;
using PECHead.Research.Models.Baselines.ThinPlate;

namespace PECHead.Research.Catalog;

/// <summary>What the catalogue says of the baselines that <see cref="BaselineImport"/> reads.</summary>
internal static class BaselineEntries
{
    private const string Code = "MIT, as this project: written from the paper";
    private const string Names = "PublishedNames.Translate";

    /// <summary>The entries, in the order of the papers.</summary>
    public static IReadOnlyList<ModelEntry> All { get; } =
    [
        new ModelEntry(
            "mraa", ArticulatedModel.Format.Title, "Siarohin et al., Motion Representations for Articulated Animation, CVPR 2021", Code,
            "the authors' files, such as vox256.pth: 'pechead import mraa FILE' reads them; published by Snap Inc. without a licence",
            "the frame: 10 regions with principal axes", ArticulatedModel.AllModes, [256],
            "frames in [0, 1]; the ends of sampling lie at the outer edges of border pixels; the background stays, but moves where a frame of the source's own video drives and its network is there", Names),
        new ModelEntry(
            "tpsmm", SplineModel.Format.Title, "Zhao and Zhang, Thin-Plate Spline Motion Model for Image Animation, CVPR 2022", Code,
            "the authors' files, such as vox.pth.tar: 'pechead import tpsmm FILE' reads them; published with MIT code, without a licence of their own",
            "the frame: 10 splines of 5 points", SplineModel.AllModes, [256],
            "frames in [0, 1]; the ends of sampling lie at pixel centres; the background stays, but moves where a frame of the source's own video drives and its network is there", Names),
        new ModelEntry(
            "lia", LatentModel.Format.Title, "Wang et al., Latent Image Animator: Learning to Animate Images via Latent Space Navigation, ICLR 2022", Code,
            "the authors' files, such as vox.pt: 'pechead import lia FILE' reads them; CC BY-NC 4.0",
            "the frame: a step along 20 latent directions", LatentModel.AllModes, [256],
            "frames in [0, 1], in [-1, 1] inside; the ends of sampling lie at the outer edges of border pixels; nothing uses to_rgb1 and the strengths of the noise", Names)
        {
            Untrained = ["gen.dec.to_rgb1."],
        },
        new ModelEntry(
            "osfv", FreeViewModel.Format.Title, "Wang et al., One-Shot Free-View Neural Talking-Head Synthesis for Video Conferencing, CVPR 2021", Code,
            "files of a public re-implementation, such as 00000189-checkpoint.pth.tar: 'pechead import osfv FILE' reads them; CC BY-NC 4.0. The authors published none",
            "the frame: 15 keypoints in space, placed by angles, translation and expression", FreeViewModel.AllModes, [256],
            "frames in [0, 1]; the ends of sampling lie at the outer faces of border voxels; angles with a π of 3.14; fc_roll gives the yaw, fc_yaw the roll", Names),
        new ModelEntry(
            "dagan", DepthAwareModel.Format.Title, "Hong et al., Depth-Aware Generative Adversarial Network for Talking Head Video Generation, CVPR 2022", Code,
            "the authors' files: a checkpoint such as DaGAN_vox_adv_256.pth.tar, and encoder.pth and depth.pth of the depth network: 'pechead import dagan FOLDER' reads them; CC BY-NC 4.0, the depth network non-commercial too",
            "the frame and its depth: 15 keypoints with Jacobians", DepthAwareModel.AllModes, [256],
            "frames in [0, 1]; the ends of sampling lie at the outer edges of border pixels; the depth network is frozen, and nothing uses its fc; the depth of the driving frame reaches the keypoints alone", "FirstOrderWeights.Translate")
        {
            Untrained = ["depth_encoder.encoder.fc."],
        },
        new ModelEntry(
            "face2face-rho", FaceToFaceModel.Format.Title, "Yang et al., Face2Face-ρ: Real-Time High-Resolution One-Shot Face Reenactment, ECCV 2022", Code,
            "the authors' files of the two networks, one each: 'pechead import face2face-rho FOLDER' reads them; BSD-3-Clause",
            "the face: 72 landmarks as sketches, pose", TalkingHeadModel.FaceModes, [512],
            "frames in [0, 1], in [-1, 1] inside; the ends of sampling lie at the outer edges of border pixels; points and pose are of our face model, not of the authors'", Names)
        {
            Printed = "F2F-rho",
        },
        new ModelEntry(
            "liveportrait", LivePortraitModel.Format.Title, "Guo et al., LivePortrait: Efficient Portrait Animation with Stitching and Retargeting Control, 2024", Code,
            "the authors' five files of the folder liveportrait (500 MB): 'pechead import liveportrait FOLDER' reads them; MIT. The face detector beside them is not needed",
            "the frame: 21 implicit keypoints in space, placed by angles, scale, translation and expression", LivePortraitModel.AllModes, [256],
            "frames in [0, 1], made twice as large as they are read; the ends of sampling lie at the outer faces of border voxels; rotations multiply rows; stitching, eye and lip belong to the transfer of a motion, not to the frame", Names)
        {
            Untrained = ["stitching.", "eye.", "lip."],
        },
        new ModelEntry(
            "codebook", CodebookModel.Format.Title,
            "Zhao et al., Synergizing Motion and Appearance: Multi-Scale Compensatory Codebooks for Talking Head Video Generation, CVPR 2025", Code,
            "the authors' files net_g_latest.pth and net_motion_estimator_latest.pth: 'pechead import codebook FOLDER' reads them; CC BY-NC 4.0",
            "the frame: 15 keypoints with Jacobians, their motion completed by codes", FirstOrderModel.FrameModes, [256],
            "frames in [0, 1], in [-1, 1] inside; the ends of sampling lie at pixel centres, but at the outer edges of border pixels for the candidate motions; "
            + "net_g.motion.reconstruct belongs to the losses, not to the frame", "CodebookNames.Translate"),
    ];
}
