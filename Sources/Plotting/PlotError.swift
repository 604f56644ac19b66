/// Why there is no plot.
public enum PlotError: Error, Equatable, CustomStringConvertible {
  case gnuplotMissing
  /// What gnuplot, or the system about gnuplot, said.
  case gnuplot(String)
  case unwritable(path: String, reason: String)
  case unknownKind(path: String)

  /// What was seen and what to try.
  public var description: String {
    switch self {
    case .gnuplotMissing:
      "gnuplot is not installed, so nothing can be drawn; apt-get install gnuplot-nox"
    case .gnuplot(let text): "gnuplot could not draw this: \(text)"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    case .unknownKind(let path): "\(path): a figure is saved as .png or .svg"
    }
  }
}
