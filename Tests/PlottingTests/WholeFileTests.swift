import Glibc
import Testing

@testable import Plotting

@Suite struct WholeFileTests {
  private let folder: String = {
    var name = Array(
      "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/whole-XXXXXX".utf8CString)
    precondition(mkdtemp(&name) != nil, "a temporary folder")
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  private func reason(_ path: String) -> String {
    do {
      try WholeFile.write([1, 2, 3], to: path)
      return ""
    } catch { return "\(error)" }
  }

  private func size(_ path: String) -> Int {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_size) : -1
  }

  @Test("a missing folder, a folder as file and a file as folder are told apart")
  func places() throws {
    #expect(reason("\(folder)/no/x.png").contains("the folder is missing: make it first"))
    #expect(reason(folder).contains("it is a folder"))
    try WholeFile.write([1], to: "\(folder)/file")
    #expect(reason("\(folder)/file/x.png").contains("Not a directory"))
  }

  @Test("a full disk is an error")
  func full() {
    symlink("/dev/full", "\(folder)/x.png")
    #expect(reason("\(folder)/x.png").contains("No space left on device; free some space"))
  }

  @Test("a folder that is closed is an error", .enabled(if: getuid() != 0))
  func closed() {
    chmod(folder, 0o500)
    #expect(reason("\(folder)/x.png").contains("choose a folder that you may write to"))
  }

  @Test("a link stays a link and its file is replaced")
  func link() throws {
    try WholeFile.write([1], to: "\(folder)/real")
    symlink("real", "\(folder)/link")
    try WholeFile.write([1, 2, 3], to: "\(folder)/link")
    #expect(size("\(folder)/real") == 3)
    #expect(size("\(folder)/link") == 4)
  }
}
