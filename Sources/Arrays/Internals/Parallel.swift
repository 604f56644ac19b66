package import CKernels

/// The engine's threads: the only way that numeric code runs on more than one core.
public enum Parallel {
  /// Threads that share the work, the caller included. Results do not depend on it.
  public static var threadCount: Int {
    get { Int(ccv_threads()) }
    set { ccv_set_threads(Int32(clamping: newValue)) }
  }

  /// Calls `body` with contiguous slices of `0..<count`, one a thread, each at least `grain` long.
  ///
  /// `body` runs on several threads at once: it may write only what belongs to its slice. To keep
  /// results independent of the number of threads, sums go to places fixed by the index, never to
  /// one place per slice. A call from inside a body runs serially.
  package static func forEachSlice(
    of count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void
  ) {
    guard count > 0 else { return }
    if count <= grain {
      body(0..<count)
      return
    }
    withoutActuallyEscaping(body) { escaping in
      var box = escaping
      withUnsafeMutablePointer(to: &box) { context in
        ccv_parallel(
          Int64(count), Int64(grain),
          { context, begin, end in
            guard let context else { return }
            context.assumingMemoryBound(to: ((Range<Int>) -> Void).self)
              .pointee(Int(begin)..<Int(end))
          }, context)
      }
    }
  }

  /// Rows of `columns` elements split so that a slice is worth a thread's while.
  package static func forEachRowSlice(
    _ rows: Int, columns: Int, costPerElement: Int = 1, _ body: (Range<Int>) -> Void
  ) {
    let grain = max(1, elementsPerSlice / max(1, columns * costPerElement))
    forEachSlice(of: rows, grain: grain, body)
  }

  /// Waking a thread costs a few microseconds, in which one core passes over about this many floats.
  package static let elementsPerSlice = 16_384
}

/// The kernel table in use, fetched once.
///
/// Safety: a table of constant function pointers, written by nobody after it is read here.
nonisolated(unsafe) package let kernels: ccv_kernels = ccv_active_kernels().pointee
