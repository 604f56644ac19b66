import Glibc
import Session

/// The programs that paths of a command line stand for.
enum ScriptFiles {
  /// Files as they are; of folders all `.ccv` files in them, at any depth, in the order of their names.
  /// Nil when a path leads nowhere, which is told.
  static func below(_ paths: [String]) -> [String]? {
    var files: [String] = []
    for path in paths {
      var status = stat()
      guard stat(path, &status) == 0 else {
        _ = CommandUsage.refuse(
          "cannot read \(path): \(String(cString: strerror(errno)))", "ccv --help")
        return nil
      }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      files += isFolder ? SourceReader.programs(below: path).map(plain) : [path]
    }
    return files
  }

  /// `./a.ccv` is `a.ccv`.
  private static func plain(_ path: String) -> String {
    path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }
}

/// What a command says when it is not used as it should be.
enum CommandUsage {
  /// Tells the problem and what to try; exit code 2.
  static func refuse(_ problem: String, _ help: String) -> Int32 {
    Output.write("ccv: \(problem)\nTry: \(help)\n", to: STDERR_FILENO)
    return 2
  }
}
