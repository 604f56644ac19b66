import Glibc

/// What can be wrong with an image file or a picture to be made.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case empty(path: String)
  case unknownFormat(path: String)
  case damaged(path: String, format: String, reason: String)
  case unwritable(path: String, reason: String)
  case unknownExtension(path: String)
  case shape(seen: String, wanted: String)

  /// What was seen, what was wanted, what to try.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .empty(let path): "\(path) is empty: 0 bytes"
    case .unknownFormat(let path):
      "\(path) is neither a JPEG nor a PNG (its first bytes say so); convert it to one of them"
    case .damaged(let path, let format, let reason):
      "\(path) is a damaged or unusable \(format): \(reason)"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    case .unknownExtension(let path):
      "cannot write \(path) as an image: its name should end in .png, .jpg or .jpeg"
    case .shape(let seen, let wanted): "a picture is made of \(wanted), not of \(seen)"
    }
  }

  /// One thing to try; nil where the description says it.
  public var advice: String? {
    switch self {
    case .empty, .damaged: "copy or download the file again, or take it out of the folder"
    case .unwritable(_, let reason): Self.advice(onWriting: reason)
    case .unreadable, .unknownFormat, .unknownExtension, .shape: nil
    }
  }

  private static func advice(onWriting reason: String) -> String? {
    func means(_ codes: Int32...) -> Bool {
      codes.contains { reason == String(cString: strerror($0)) }
    }
    if means(ENOSPC, EDQUOT) { return "free some space, or save to another disk" }
    if means(EACCES, EPERM, EROFS) { return "save to a folder that you may write to" }
    if means(ENOTDIR, EEXIST) { return "another name: a part of the path is a file, not a folder" }
    return nil
  }
}
