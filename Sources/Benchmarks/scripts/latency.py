#!/usr/bin/env python3
"""PyTorch's time for small operations in a loop, and of a start, as `ccv-bench latency` times them. One line of JSON.

usage: latency.py
"""
import json, subprocess, sys, time
import torch

COUNT = 50_000
torch.set_num_threads(2)
y, w = torch.rand(8, 8) / 1000, torch.rand(8, 8) / 8
work = {"add": lambda x: x + y, "multiply": lambda x: x * y, "matmul": lambda x: x @ w, "relu": torch.relu, "sum": torch.sum}


def loop(f):
    x = y
    start = time.perf_counter()
    for _ in range(COUNT):
        f(x)
    return (time.perf_counter() - start) / COUNT * 1e9


out = {"peer": "pytorch " + torch.__version__, "workload": "latency"}
empty = min(loop(lambda x: x) for _ in range(3))
with torch.no_grad():
    for name, f in work.items():
        out[name + "_ns"] = round(min(loop(f) for _ in range(5)) - empty, 1)
starts = []
for _ in range(5):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    starts.append(time.perf_counter() - start)
out["start_ms"] = round(sorted(starts)[2] * 1e3, 2)
print(json.dumps(out))
