#!/usr/bin/env python3
"""Prints the reference numbers of LinearProbeTests.swift.

Data come from integer arithmetic alone, so that the test builds the same samples without a file.
Last run: scikit-learn 1.9.1, NumPy 2.4.6, Python 3.11; no random numbers are used.
"""
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def samples(count, width, classes):
    """x[i, j] and y[i] as the Swift test computes them: a 64-bit linear congruential sequence."""
    state, numbers = 12345, []
    for _ in range(count * (width + 1)):
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        numbers.append((state >> 40) / (1 << 24))
    numbers = np.array(numbers, dtype=np.float64).reshape(count, width + 1)
    x = np.float32(numbers[:, :width])
    y = np.argmax(x[:, :classes] + np.float32(0.5) * x[:, classes:2 * classes], axis=1)
    y = np.where(numbers[:, width] < 0.1, np.arange(count) % classes, y)
    return x, y


x, y = samples(count=300, width=8, classes=3)
scaled = StandardScaler().fit_transform(x.astype(np.float64))
for l2 in (1e-3, 1e-1):
    model = LogisticRegression(C=1 / (len(y) * l2), tol=1e-12, max_iter=100_000).fit(scaled, y)
    p = model.predict_proba(scaled)
    loss = -np.log(p[np.arange(len(y)), y]).mean() + l2 / 2 * (model.coef_**2).sum()
    print("l2", l2, "loss", repr(float(loss)), "accuracy", repr(float(model.score(scaled, y))))
    print("weights", np.array2string(model.coef_, separator=", ", precision=9, max_line_width=100))
    print("offsets", [round(float(v), 9) for v in model.intercept_])
