"""Images a second from JPEG files to batches, as PyTorch's users make them: a JSON line each.

  python3 images.py FOLDER [--size 224] [--threads 1]

Two ways: torchvision's `decode_jpeg` with v2 transforms on uint8 tensors, and Pillow with v1
transforms. Both: RandomResizedCrop(size, scale 0.2 ... 1, bicubic, antialias), horizontal flip, float
pixels 0 ... 1, batches of 64; medians of seven passes over all files. With N threads the files are
split over N processes. `cpu_ms_per_image` is the processor's time.
"""
import argparse, json, multiprocessing, pathlib, statistics, time

import torch
import torchvision
from PIL import Image
from torchvision.io import ImageReadMode, decode_jpeg, read_file
from torchvision.transforms import v2, transforms as v1

PASSES = 7


def files(folder):
    return sorted(str(p) for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".jpeg", ".jpg"))


def tensor_way(size):
    change = v2.Compose([
        v2.RandomResizedCrop(size, scale=(0.2, 1), interpolation=v2.InterpolationMode.BICUBIC, antialias=True),
        v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True)])
    return lambda path: change(decode_jpeg(read_file(path), ImageReadMode.RGB))


def pillow_way(size):
    change = v1.Compose([
        v1.RandomResizedCrop(size, scale=(0.2, 1), interpolation=v1.InterpolationMode.BICUBIC),
        v1.RandomHorizontalFlip(), v1.ToTensor()])
    return lambda path: change(Image.open(path).convert("RGB"))


def one_pass(job):
    way, size, share = job
    torch.set_num_threads(1)
    torch.manual_seed(0)
    one = {"torchvision": tensor_way, "pillow": pillow_way}[way](size)
    start, processor = time.perf_counter(), time.process_time()
    for first in range(0, len(share), 64):
        torch.stack([one(path) for path in share[first:first + 64]])
    return time.perf_counter() - start, time.process_time() - processor


def measure(way, size, paths, threads):
    """Images a second, milliseconds of the processor per image."""
    shares = [(way, size, paths[i::threads]) for i in range(threads)]
    rates, times = [], []
    with multiprocessing.Pool(threads) as pool:
        for _ in range(1 + PASSES):
            passed = pool.map(one_pass, shares, chunksize=1)
            rates.append(len(paths) / max(wall for wall, _ in passed))
            times.append(sum(processor for _, processor in passed) / len(paths) * 1e3)
    return statistics.median(rates[1:]), statistics.median(times[1:])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    paths = files(options.folder)
    for way in ("torchvision", "pillow"):
        rate, processor = measure(way, options.size, paths, options.threads)
        print(json.dumps({
            "peer": way, "workload": "images", "size": options.size, "threads": options.threads,
            "images_per_s_per_core": round(rate / options.threads, 1), "images_per_s": round(rate, 1),
            "cpu_ms_per_image": round(processor, 3), "version": torchvision.__version__}))
