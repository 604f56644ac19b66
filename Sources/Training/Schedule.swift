import Glibc

/// Learning rates over a run, by optimiser step.
public enum Schedule {
  /// Linear from 0 to `peak` over `warmup` steps, then half a cosine down to `floor` at `total`.
  ///
  /// `step` counts from 0; beyond `total` the rate stays at `floor`. Source: Loshchilov and Hutter
  /// 2017, with the warm-up of Goyal et al. 2017.
  public static func warmupCosine(
    step: Int, warmup: Int, total: Int, peak: Double, floor: Double = 1e-5
  ) -> Double {
    if step < warmup { return peak * Double(step) / Double(warmup) }
    guard total > warmup, step < total else { return floor }
    let share = Double(step - warmup) / Double(total - warmup)
    return floor + (peak - floor) * 0.5 * (1 + Glibc.cos(.pi * share))
  }
}
