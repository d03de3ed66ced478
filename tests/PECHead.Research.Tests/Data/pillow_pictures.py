"""Pictures of many kinds, written by Pillow, and what Pillow reads in them: upright, over white, 8 bits a channel.

Usage: pillow_pictures.py FOLDER. Beside every picture NAME it writes NAME.WIDTHxHEIGHT.rgb, the bytes of its pixels.
"""
import pathlib
import sys

import numpy as np
from PIL import Image, ImageCms, ImageOps

folder = pathlib.Path(sys.argv[1])
HEIGHT, WIDTH = 40, 56
ORIENTATION = 0x0112


def picture():
    """Smooth colours, so that decoders that enlarge chroma differently stay close, and a lighter field with sharp edges."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    values = np.stack([40 + 3 * x, 60 + 3 * y, 150 + 50 * np.sin(x / 9) * np.cos(y / 9)], 2)
    values[10:20, 10:30] += 30
    return Image.fromarray(values.round().astype(np.uint8))


def expected(name):
    image = Image.open(folder / name)
    image.seek(0)
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        grey = np.asarray(image).astype(float) / 257
        pixels = np.stack([grey] * 3, 2)
    else:
        rgba = np.asarray(image.convert("RGBA")).astype(float)
        pixels = 255 + (rgba[..., :3] - 255) * rgba[..., 3:] / 255
    height, width = pixels.shape[:2]
    (folder / f"{name}.{width}x{height}.rgb").write_bytes(pixels.round().astype(np.uint8).tobytes())


def save(image, name, **options):
    image.save(folder / name, **options)
    expected(name)


def save_ycck(image, name):
    """CMYK whose first three channels are luma and chroma: Pillow stores the numbers, the Adobe segment is told what they are."""
    luma = np.asarray(image.convert("YCbCr"))
    black = np.full(luma.shape[:2] + (1,), 10, np.uint8)
    Image.fromarray(np.concatenate([255 - luma, black], 2), "CMYK").save(folder / name, quality=95, subsampling=0)
    stored = bytearray((folder / name).read_bytes())
    stored[stored.index(b"Adobe") + 11] = 2
    (folder / name).write_bytes(stored)
    expected(name)


rgb = picture()
grey = rgb.convert("L")
rgba = rgb.copy()
rgba.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1))))
palette = rgb.convert("P", palette=Image.ADAPTIVE, colors=16)
grey16 = Image.fromarray(np.asarray(grey).astype(np.uint16) * 250 + 13)
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
upside_down = rgb.rotate(180)

for kind, image in {"rgb": rgb, "grey": grey, "rgba": rgba, "la": rgba.convert("LA"), "bit": rgb.convert("1"), "palette": palette, "grey16": grey16}.items():
    save(image, f"{kind}.png")
save(palette, "palette-trns.png", transparency=bytes(range(0, 256, 16)))
save(palette, "palette-bits-trns.png", transparency=3, bits=4)
save(rgb, "trns.png", transparency=rgb.getpixel((20, 15)))
save(grey, "grey-trns.png", transparency=grey.getpixel((20, 15)))
save(rgb, "profile.png", icc_profile=profile)
for name, subsampling in {"444": 0, "422": 1, "420": 2}.items():
    save(rgb, f"{name}.jpg", quality=95, subsampling=subsampling)
save(rgb, "progressive.jpg", quality=95, progressive=True)
save(rgb, "profile.jpg", quality=95, icc_profile=profile)
save(grey, "grey.jpg", quality=95)
save(rgb.convert("CMYK"), "cmyk.jpg", quality=95, subsampling=0)
save_ycck(rgb, "ycck.jpg")
save(rgb, "lossy.webp", quality=95)
save(rgba, "alpha.webp", quality=95)
save(rgba, "lossless.webp", lossless=True)
save(rgb, "animation.webp", lossless=True, save_all=True, append_images=[upside_down])
save(rgba, "animation-alpha.webp", quality=95, save_all=True, append_images=[rgba.rotate(180)])
save(rgb, "still.gif")
save(palette, "trns.gif", transparency=3)
save(rgb, "animation.gif", save_all=True, append_images=[upside_down])
for kind, image in {"rgb": rgb, "grey": grey, "bit": rgb.convert("1"), "palette": palette}.items():
    save(image, f"{kind}.bmp")
for compression in ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"]:
    save(rgb, f"{compression}.tif", compression=compression)
for compression in ["group3", "group4"]:
    save(rgb.convert("1"), f"{compression}.tif", compression=compression)
save(rgba, "rgba.tif")
save(grey, "grey.tif")
save(grey16, "grey16.tif")
save(rgb.convert("CMYK"), "cmyk.tif")
save(rgb, "pages.tif", save_all=True, append_images=[rgb.resize((30, 20))])

for turn in range(1, 9):
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    for extension, options in {"jpg": {"quality": 95}, "png": {}, "webp": {"lossless": True}}.items():
        save(rgb, f"turn{turn}.{extension}", exif=exif, **options)
    # Pillow itself does not agree from version to version on whether a TIFF is turned while it is loaded.
    rgb.save(folder / f"turn{turn}.tif", tiffinfo={ORIENTATION: turn})
    pixels = next(folder.glob(f"turn{turn}.png.*.rgb"))
    (folder / pixels.name.replace(".png.", ".tif.")).write_bytes(pixels.read_bytes())
