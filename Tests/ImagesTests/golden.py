# Writes Golden.swift: small images decoded and resized by Pillow, for the tests of Images.
#
#   python3 golden.py > Golden.swift
#
# Producer: Pillow 13.0.0, libjpeg-turbo as bundled, NumPy 2.4.6, seed 7.
import io, struct, zlib
import numpy as np
from PIL import Image, __version__ as pillow

rng = np.random.default_rng(7)

def swift_bytes(name, data, doc):
    print(f"  /// {doc}")
    print(f"  static let {name}: [UInt8] = [")
    for i in range(0, len(data), 16):
        print("    " + " ".join(f"0x{b:02X}," for b in data[i:i + 16]))
    print("  ]\n")

def swift_floats(name, values, doc):
    print(f"  /// {doc}")
    print(f"  static let {name}: [Float] = [")
    flat = [repr(round(float(v), 4)) for v in np.asarray(values).ravel()]
    for i in range(0, len(flat), 9):
        print("    " + ", ".join(flat[i:i + 9]) + ",")
    print("  ]\n")

def smooth(h, w):
    y, x = np.mgrid[0:h, 0:w]
    return np.stack([10 + 200 * x / w, 240 - 200 * y / h, 60 + 100 * (x + y) / (w + h)], -1).astype(np.uint8)

def encoded(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()

def png(width, height, depth, kind, rows):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

print(f"// Made by golden.py with Pillow {pillow}, NumPy {np.__version__}, seed 7. Do not edit.")
print("// Images are [C, H, W] planes in row-major order.\n\nenum Golden {")
source = rng.integers(0, 256, (9, 13), dtype=np.uint8).astype(np.float32)
swift_floats("source", source, "9 x 13 numbers in 0 ... 255.")
plane = Image.fromarray(source)
for label, filt in (("bicubic", Image.BICUBIC), ("bilinear", Image.BILINEAR), ("nearest", Image.NEAREST)):
    swift_floats(f"{label}Smaller", plane.resize((5, 4), filt), f"`source` as 4 x 5, {label}.")
    swift_floats(f"{label}Larger", plane.resize((17, 11), filt), f"`source` as 11 x 17, {label}.")
swift_floats("bicubicBox", plane.resize((6, 6), Image.BICUBIC, box=(2.5, 1, 11.5, 8)),
             "The part from (top 1, left 2.5) to (8, 11.5) of `source` as 6 x 6, bicubic.")
rgb = Image.fromarray(smooth(16, 24))
for name, data, doc in (
    ("jpegColor", encoded(rgb, "JPEG", quality=90), "16 x 24 colour."),
    ("jpegGrey", encoded(rgb.convert("L"), "JPEG", quality=90), "16 x 24 grey."),
    ("jpegProgressive", encoded(rgb, "JPEG", quality=90, progressive=True), "16 x 24, progressive."),
    ("jpegCMYK", encoded(rgb.convert("CMYK"), "JPEG", quality=95), "16 x 24, CMYK with Adobe's marker."),
):
    swift_bytes(name, data, doc)
    image = Image.open(io.BytesIO(data)).convert("RGB")
    swift_bytes(name + "Corners", np.asarray(image)[[0, 0, -1, -1], [0, -1, 0, -1]].tobytes(),
                f"Corner pixels (top left, top right, bottom left, bottom right) of `{name}` as Pillow decodes it.")
row = lambda *v: b"\0" + bytes(v)
swift_bytes("pngGrey", png(2, 1, 8, 0, row(0, 200)), "1 x 2, grey 0 and 200.")
swift_bytes("pngGrey16", png(2, 1, 16, 0, row(0x80, 0x00, 0xFF, 0xFF)), "1 x 2, 16 bits, 0x8000 and 0xFFFF.")
swift_bytes("pngRGB16", png(1, 1, 16, 2, row(0x10, 0x80, 0x80, 0, 0xFF, 0xFF)), "1 x 1, 16 bits.")
swift_bytes("pngRGBA", png(3, 1, 8, 6, row(255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 128)),
            "1 x 3: opaque red, wholly transparent blue, half transparent black.")
swift_bytes("pngRGBA16", png(2, 1, 16, 6, row(*([0] * 8), *([0] * 6), 0x80, 0x80)),
            "1 x 2, 16 bits: wholly and half transparent black.")
swift_bytes("pngGreyAlpha", png(1, 1, 8, 4, row(100, 128)), "1 x 1: grey 100, half transparent.")
p = Image.new("P", (2, 2)); p.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7]); p.putdata([0, 1, 2, 3])
swift_bytes("pngPalette", encoded(p, "PNG", bits=2), "2 x 2 with a palette: red, green, blue, (9, 8, 7).")
swift_bytes("pngPaletteClear", encoded(p, "PNG", bits=2, transparency=1), "The same, green wholly transparent.")
swift_bytes("pngBomb", png(100_000, 100_000, 8, 2, b""), "A header that promises 100 000 x 100 000 pixels.")
bomb = bytearray(encoded(rgb, "JPEG"))
at = bomb.index(b"\xff\xc0") + 5
bomb[at:at + 4] = struct.pack(">HH", 65_000, 65_000)
swift_bytes("jpegBomb", bytes(bomb), "A header that promises 65 000 x 65 000 pixels.")
print("}")
