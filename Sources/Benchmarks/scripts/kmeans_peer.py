#!/usr/bin/env python3
"""faiss's time for k-means on the points of `ccv-bench kmeans cifar-512 --data DIR --write POINTS.npy`.

usage: kmeans_peer.py WORKLOAD POINTS.npy [THREADS]; one line of JSON, the inertia after as many iterations as ccv's.
"""
import json, os, sys, time

# faiss at its best: its own OpenBLAS does not know every CPU, and an exported core type may hold it back.
os.environ.pop("OPENBLAS_L2_SIZE", None)
if "avx512bw" in open("/proc/cpuinfo").read():
    os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"
import faiss
import numpy as np

WORKLOADS = {"cifar-512": (512, 25), "cifar-2048": (2048, 25)}
name, path = sys.argv[1:3]
k, iterations = WORKLOADS[name]
faiss.omp_set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else 2)
points = np.load(path)
clustering = faiss.Kmeans(points.shape[1], k, niter=iterations, min_points_per_centroid=1,
                          max_points_per_centroid=10**9)
start = time.perf_counter()
clustering.train(points)
fit = time.perf_counter() - start
start = time.perf_counter()
distances, _ = clustering.index.search(points, 1)
print(json.dumps({"peer": "faiss " + faiss.__version__, "workload": name, "fit_s": round(fit, 3),
                  "assign_s": round(time.perf_counter() - start, 4), "inertia": float(distances.sum())}))
