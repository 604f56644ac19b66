import CLibrary
import Glibc

/// One file of the standard library.
public struct LibraryFile: Sendable {
  /// The path below the library's folder, for example `methods/ccvit.ccv`.
  public let path: String
  /// Its source text.
  public let source: String
}

/// The part of the library that is written in the language.
public enum Library {
  /// All files: the embedded ones, or those of the folder that `CCV_LIBRARY` names, which lets an
  /// author of the library try an edit without building.
  ///
  /// - Throws: `LibraryError` when that folder lacks a file.
  public static func files() throws(LibraryError) -> [LibraryFile] {
    guard let folder = getenv("CCV_LIBRARY").map({ String(cString: $0) }), !folder.isEmpty else {
      return embedded
    }
    var files = [LibraryFile]()
    for path in embedded.map(\.path) {
      guard let source = read(folder + "/" + path) else {
        throw LibraryError.missing(path: path, folder: folder)
      }
      files.append(LibraryFile(path: path, source: source))
    }
    return files
  }

  /// The names that a file defines at its top level, with the line (1-based) of each: lines that
  /// begin with `fn NAME` or `let NAME`. Names that begin with `_` are the file's own.
  public static func definitions(of file: LibraryFile) -> [(name: String, line: Int)] {
    var found = [(name: String, line: Int)]()
    for (index, line) in file.source.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      guard line.hasPrefix("fn ") || line.hasPrefix("let ") else { continue }
      let rest = line.drop { $0 != " " }.drop { $0 == " " }
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      if !name.isEmpty, !name.hasPrefix("_") { found.append((String(name), index + 1)) }
    }
    return found
  }

  private static let embedded: [LibraryFile] = {
    var count = 0
    guard let first = ccv_library_files(&count) else { return [] }
    return UnsafeBufferPointer(start: first, count: count).map { file in
      LibraryFile(
        path: String(cString: file.path),
        source: String(
          decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self))
    }
  }()

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8]()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = fread(&chunk, 1, chunk.count, file)
      if got == 0 { break }
      bytes += chunk[..<got]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why the library cannot be read.
public enum LibraryError: Error, CustomStringConvertible {
  case missing(path: String, folder: String)

  /// What was looked for and what to do.
  public var description: String {
    switch self {
    case .missing(let path, let folder):
      "CCV_LIBRARY is \(folder), but there is no \(path) in it; unset CCV_LIBRARY to use the"
        + " library that is built in"
    }
  }
}
