import Glibc

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
      if status.st_mode & S_IFMT == S_IFDIR {
        collect(path, into: &files)
      } else {
        files.append(path)
      }
    }
    return files
  }

  private static func collect(_ folder: String, into files: inout [String]) {
    guard let handle = opendir(folder) else { return }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = folder + (folder.hasSuffix("/") ? "" : "/") + name
      var status = stat()
      // Links to folders are not followed: they may lead round in circles.
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        collect(path, into: &files)
      } else if name.hasSuffix(".ccv") {
        files.append(path)
      }
    }
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
