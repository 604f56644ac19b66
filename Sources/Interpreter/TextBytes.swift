import Glibc

/// Memory for the bytes of texts: most are short, made and dropped by the hundred thousand.
///
/// Blocks of up to 128 bytes come from lists of free ones, a list for each multiple of 16; they are cut
/// from larger blocks, which stay for the next texts. Longer ones are the system's. One thread at a time.
enum TextBytes {
  private static let unit = 16, classes = 8
  private static let chunkBytes = 1 << 15
  /// By class: the first free block, which holds the address of the next.
  nonisolated(unsafe) private static let free: UnsafeMutablePointer<UnsafeMutableRawPointer?> = {
    let lists = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: classes)
    lists.initialize(repeating: nil, count: classes)
    return lists
  }()

  /// Room for some bytes, 0 or more.
  @inline(__always)
  static func allocate(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    guard count <= unit * classes else { return .allocate(capacity: count) }
    let list = free + max(0, (count &- 1) / unit)
    let block = list.pointee ?? chunk(of: list - free)
    list.pointee = block.load(as: UnsafeMutableRawPointer?.self)
    return block.assumingMemoryBound(to: UInt8.self)
  }

  /// Takes back what `allocate` gave for as many bytes.
  @inline(__always)
  static func deallocate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) {
    guard count <= unit * classes else { return bytes.deallocate() }
    let list = free + max(0, (count &- 1) / unit)
    UnsafeMutableRawPointer(bytes).storeBytes(of: list.pointee, as: UnsafeMutableRawPointer?.self)
    list.pointee = UnsafeMutableRawPointer(bytes)
  }

  /// New blocks of a class, linked; the first of them.
  @inline(never)
  private static func chunk(of index: Int) -> UnsafeMutableRawPointer {
    let size = (index + 1) * unit, count = chunkBytes / size
    let start = UnsafeMutableRawPointer.allocate(byteCount: count * size, alignment: unit)
    for block in 0..<count {
      let next = block + 1 < count ? start + (block + 1) * size : nil
      (start + block * size).storeBytes(of: next, as: UnsafeMutableRawPointer?.self)
    }
    return start
  }

  /// Copies bytes that do not overlap: short ones, which most are, without a call.
  @inline(__always)
  static func copy(
    _ source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) {
    let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    // The first and the last bytes, which may be the same in part.
    if count > 16 {
      memcpy(to, from, count)
    } else if count >= 8 {
      let (first, last) = (
        from.loadUnaligned(as: UInt64.self),
        from.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      )
      to.storeBytes(of: first, as: UInt64.self)
      to.storeBytes(of: last, toByteOffset: count &- 8, as: UInt64.self)
    } else if count >= 4 {
      let (first, last) = (
        from.loadUnaligned(as: UInt32.self),
        from.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      )
      to.storeBytes(of: first, as: UInt32.self)
      to.storeBytes(of: last, toByteOffset: count &- 4, as: UInt32.self)
    } else {
      var index = 0
      while index < count {
        target[index] = source[index]
        index &+= 1
      }
    }
  }
}
