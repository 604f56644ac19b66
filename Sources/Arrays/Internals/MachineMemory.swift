import Glibc

/// What there is to share.
package enum MachineMemory {
  /// Bytes of the machine, or of the container where that has less.
  package static let bytes: Int = {
    let all = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard let file = fopen("/sys/fs/cgroup/memory.max", "re") else { return all }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), file) != nil else { return all }
    let digits = line.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8($0) }
    return min(all, Int(String(decoding: digits, as: UTF8.self)) ?? all)
  }()
}
