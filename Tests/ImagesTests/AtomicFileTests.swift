import Glibc
import Images
import TestSupport
import Testing

@Suite("Files whole or not at all")
struct AtomicFileTests {
  @Test("folders are made, the old file is replaced, nothing else stays")
  func replaces() throws {
    let scratch = Scratch()
    let path = scratch.path + "/a/b/c.bin"
    try AtomicFile.write([1, 2, 3], to: path)
    try AtomicFile.write([UInt8](), to: path)
    #expect(try ImageFile.bytes(of: path) == [])
    try AtomicFile.write([4], to: path)
    #expect(try ImageFile.bytes(of: path) == [4])
    #expect(scratch.names() == ["a"])
    #expect(access(scratch.path + "/a/b/c.bin.\(getpid()).part", F_OK) != 0)
  }

  @Test("a full disk is an error that says so, and the device stays a device")
  func full() throws {
    #expect(
      throws: ImageError.unwritable(path: "/dev/full", reason: "No space left on device")
    ) { try AtomicFile.write([1], to: "/dev/full") }
    var status = stat()
    #expect(stat("/dev/full", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test("a file that cannot be written names the reason, the old one stays")
  func unwritable() throws {
    let scratch = Scratch()
    scratch.write([7], to: "file")
    #expect(throws: ImageError.self) {
      try AtomicFile.write([1], to: scratch.path + "/file/below")
    }
    #expect(throws: ImageError.unwritable(path: scratch.path, reason: "it is a folder")) {
      try AtomicFile.write([1], to: scratch.path)
    }
    #expect(throws: ImageError.self) { try AtomicFile.write([1], to: "/proc/none/file") }
    #expect(try ImageFile.bytes(of: scratch.path + "/file") == [7])
  }

  @Test("a link stays a link and permissions stay")
  func links() throws {
    let scratch = Scratch()
    scratch.write([7], to: "real")
    chmod(scratch.path + "/real", 0o640)
    symlink("real", scratch.path + "/link")
    try AtomicFile.write([8, 9], to: scratch.path + "/link")
    #expect(try ImageFile.bytes(of: scratch.path + "/real") == [8, 9])
    var status = stat()
    #expect(lstat(scratch.path + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(scratch.path + "/real", &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(scratch.names() == ["link", "real"])
  }
}
