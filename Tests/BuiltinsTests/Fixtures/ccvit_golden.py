#!/usr/bin/env python3
"""Makes ccvit_network.safetensors and ccvit_golden.safetensors, which CentroidGoldenTests.swift reads.

    ccv -e 'seed(1); save(ccvit(image: 16, patch: 4, dim: 8, depth: 4, heads: 2, side: 1, tokens: 8), "ccvit_network.safetensors")'
    python3 ccvit_golden.py

The first command gives the file its form: names, shapes and the description of the network. This script puts numbers of its own in
place of all weights (none may be 0, so that no term can hide), runs the network in PyTorch in double precision, and writes what came
out. A batch of 3 images of 16 x 16 pixels, 16 patches of 4 x 4, 8 centroids; three steps of AdamW.
Source of the network: arXiv 2303.04664. Last run: Python 3.11.7, PyTorch 2.15.0, safetensors 0.8.0, NumPy 2.4.6; seed 7.
"""
import json
import math
import struct

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

DIM, DEPTH, HEADS, SIDE, TAP, GRID, PATCH = 8, 4, 2, 1, 3, 4, 4
DECAY, BETAS, EPS, CLIP, PEAK, WARMUP, TOTAL, FLOOR = 0.05, (0.9, 0.98), 1e-2, 0.5, 0.02, 2, 4, 1e-5
# As adamw(): no decay for vectors (biases, norms, layer scales) and for the class token.
UNDECAYED = lambda name, p: p.dim() == 1 or name == "cls"


def fill(path, rng):
    """Overwrites every tensor of a file in place; returns them by name as float32."""
    data = bytearray(open(path, "rb").read())
    size = struct.unpack("<Q", data[:8])[0]
    weights = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name == "__metadata__":
            continue
        shape = entry["shape"]
        spread = 1 / math.sqrt(shape[-1]) if len(shape) == 2 else 0.3
        values = rng.normal(0, spread, shape)
        if "norm" in name and name.endswith("weight") or "gamma" in name:
            values += 1
        values = np.float32(values)
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        data[begin:end] = values.tobytes()
        weights[name] = values
    open(path, "wb").write(data)
    return weights


def norm(x, p, name):
    return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"], eps=1e-6)


def linear(x, p, name):
    return F.linear(x, p[name + ".weight"], p[name + ".bias"])


def block(x, p, name, bias):
    """x + g1 attention(norm1(x)), then x + g2 mlp(norm2(x)); queries and values have a bias, keys have none."""
    batch, count, dim = x.shape
    h = norm(x, p, name + ".norm1")
    q, k, v = (F.linear(h, w) for w in p[name + ".attn.qkv.weight"].chunk(3))
    q, v = q + p[name + ".attn.q_bias"], v + p[name + ".attn.v_bias"]
    q, k, v = (t.reshape(batch, count, HEADS, dim // HEADS).transpose(1, 2) for t in (q, k, v))
    weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(dim // HEADS) + bias, dim=-1)
    y = (weights @ v).transpose(1, 2).reshape(batch, count, dim)
    x = x + p[name + ".gamma_1"] * linear(y, p, name + ".attn.proj")
    y = linear(F.gelu(linear(norm(x, p, name + ".norm2"), p, name + ".mlp.fc1")), p, name + ".mlp.fc2")
    return x + p[name + ".gamma_2"] * y


def position_bias(table):
    """Rows by (dy + GRID - 1) (2 GRID - 1) + dx + GRID - 1 with d = query - key; the last three rows are
    class to patch, patch to class, class to class (BEiT's order)."""
    n, rows = GRID * GRID, (2 * GRID - 1) ** 2
    index = torch.zeros(n + 1, n + 1, dtype=torch.long)
    for i in range(n):
        for j in range(n):
            dy, dx = i // GRID - j // GRID, i % GRID - j % GRID
            index[1 + i, 1 + j] = (dy + GRID - 1) * (2 * GRID - 1) + dx + GRID - 1
    index[0, 1:], index[1:, 0], index[0, 0] = rows, rows + 1, rows + 2
    return table[index].permute(2, 0, 1)


def run(p, batch):
    patches = batch["input"]
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).repeat_interleave(PATCH * PATCH)
    std = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).repeat_interleave(PATCH * PATCH)
    x = linear((patches - mean) / std, p, "embed.proj")
    x = torch.where(batch["hidden"][..., None], p["mask"], x)
    z = torch.cat([p["cls"].expand(len(x), -1, -1), x], 1)
    bias = position_bias(p["position.relative_position_bias_table"])
    for i in range(DEPTH):
        z = block(z, p, f"blocks.{i}", bias)
        if i + 1 == TAP:
            tapped = z
    wanted = batch["hidden"] | batch["replaced"]
    logits = linear(norm(z[:, 1:][wanted], p, "norm"), p, "token_head")
    s = torch.cat([z[:, :1], tapped[:, 1:]], 1)
    for i in range(SIDE):
        s = block(s, p, f"side.{i}", bias)
    pixels = linear(norm(s[:, 1:][wanted], p, "side_norm"), p, "pixel_head")
    ids, of_hidden = batch["ids"][wanted], batch["hidden"][wanted]
    ce = F.cross_entropy(logits, ids, reduction="none")
    mse = (pixels - batch["target"][wanted]).square().mean(1)
    hit = (logits.argmax(1) == ids).double()
    values = {"tokens": logits, "pixels": pixels, "loss": ce.mean() + mse.mean()}
    for name, each in (("ce", ce), ("mse", mse), ("accuracy", hit)):
        values[name] = each.mean()
        values[name + "_hidden"], values[name + "_replaced"] = each[of_hidden].mean(), each[~of_hidden].mean()
    return values


def rate(step):
    if step < WARMUP:
        return PEAK * step / WARMUP
    return FLOOR + (PEAK - FLOOR) * 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (TOTAL - WARMUP)))


def main():
    rng = np.random.default_rng(7)
    weights = fill("ccvit_network.safetensors", rng)
    p = {name: torch.tensor(v, dtype=torch.float64, requires_grad=True) for name, v in weights.items()}
    order = rng.permuted(np.tile(np.arange(16), (3, 1)), axis=1)
    arrays = {
        "input": np.float32(rng.uniform(0, 1, (3, 16, 48))),
        "target": np.float32(rng.normal(0, 1, (3, 16, 48))),
        "ids": np.int32(rng.integers(0, 8, (3, 16))),
        "hidden": order < 6,
        "replaced": (order >= 6) & (order < 8),
    }
    batch = {name: torch.tensor(a) for name, a in arrays.items()}
    batch.update(input=batch["input"].double(), target=batch["target"].double(), ids=batch["ids"].long())
    out = {"batch." + name: np.float32(a) if a.dtype == bool else a for name, a in arrays.items()}
    groups = [
        {"params": [v for n, v in p.items() if not UNDECAYED(n, v)], "weight_decay": DECAY},
        {"params": [v for n, v in p.items() if UNDECAYED(n, v)], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=PEAK, betas=BETAS, eps=EPS)
    for step in range(1, 4):
        values = run(p, batch)
        optimiser.zero_grad()
        values["loss"].backward()
        if step == 1:
            out.update({name: np.float32(v.detach().numpy()) for name, v in values.items()})
            out.update({"grad." + name: np.float32(v.grad.numpy()) for name, v in p.items()})
        total = torch.nn.utils.clip_grad_norm_(list(p.values()), CLIP)
        out[f"norm.{step}"] = np.float32(total.item())
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        optimiser.step()
    out["loss.after"] = np.float32(run(p, batch)["loss"].item())
    out.update({"after." + name: np.float32(v.detach().numpy()) for name, v in p.items()})
    save_file({name: np.ascontiguousarray(np.atleast_1d(v)) for name, v in out.items()}, "ccvit_golden.safetensors")
    print({name: round(float(v), 4) for name, v in out.items() if np.ndim(v) == 0 or np.size(v) == 1})


main()
