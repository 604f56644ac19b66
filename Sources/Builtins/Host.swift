public import Arrays
import Glibc
import Images
public import Interpreter

/// What the functions of the language know of the world around them: one a session.
///
/// Faces (terminal, script, notebook) set the closures; the functions never print by themselves.
public final class Host {
  /// Ordinary output.
  public var write: (String) -> Void = { _ in }
  /// Progress lines and notes, which are not part of a program's output.
  public var writeNote: (String) -> Void = { _ in }
  /// Where lines can be rewritten in place: nil where no output goes to a terminal.
  public var screen: Screen?
  /// Whether text may have colours of the terminal.
  public var usesColor = false
  /// Asked once, when the first picture is shown: a terminal takes a moment to answer.
  public var findPictureStyle: () -> PictureStyle = { .line }
  /// How pictures and plots are shown.
  public lazy var pictureStyle = findPictureStyle()
  /// The pixels that the terminal shows; nil where it shows characters, or is none.
  var pixelGraphics: Pictures.PixelGraphics? {
    if case .pixels(let graphics) = pictureStyle { graphics } else { nil }
  }
  /// Pictures that the terminal has been given numbers for.
  var pictureCount = 0
  /// Plots that are redrawn as their tables grow.
  var livePlots = LivePlots()
  /// Lines of progress that may be on the screen.
  var progressLines: [ProgressLine.Member] = []
  /// Columns of the terminal.
  public var width: () -> Int = { 80 }
  /// Rows of the terminal.
  public var rows: () -> Int = { 24 }
  /// Pixels of a character of the terminal.
  public var cell: () -> (width: Int, height: Int) = { (8, 16) }
  /// The session's own names with their values, borrowed.
  public var variables: () -> [(name: String, value: Value)] = { [] }
  /// The entry or file that gave a variable its value; empty where nobody keeps book.
  public var setter: (_ name: String, _ value: Value) -> String = { _, _ in "" }
  /// The functions of the library that are written in the language, by file.
  public var libraryFunctions: () -> [ClosureObject] = { [] }
  /// What was entered at the prompt; nil where there is none.
  public var history: HistoryAccess?
  /// Talks to the user while a program waits; nil where nobody can answer.
  public var talk: (() throws -> Void)?
  /// Runs a talk in the scope of the call that is under way.
  public var pauseProgram: (_ talk: () throws -> Void) throws -> Void = { try $0() }
  /// Whether the program has been told that nobody can answer.
  var hasPassedPause = false
  /// What stands behind the script's name.
  public var arguments: [String] = []
  /// What this machine's matrix products reach.
  var productRate = ProductRate()
  /// The random stream of the session.
  public var random = RandomSource(seed: 0)

  public init() {
    random = RandomSource(seed: Self.freshSeed())
  }

  /// Gives back what freed tensors leave for the next ones; safe from any thread.
  public func releaseIdleMemory() { MemoryPool.shared.releaseIdle() }

  /// A seed that differs from run to run.
  private static func freshSeed() -> UInt64 {
    var seed: UInt64 = 0
    withUnsafeMutableBytes(of: &seed) { bytes in
      _ = getentropy(bytes.baseAddress.unsafelyUnwrapped, bytes.count)
    }
    return seed
  }

  /// Seconds on a clock that never goes back.
  public var now: Double { clock() }
  /// Another clock for tests.
  var clock: () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension Host {
  /// A program or an entry at the prompt has ended, in whatever way: live plots get their last state,
  /// and what was rewritten in place is gone.
  public func settle() {
    livePlots.settle()
    screen?.clear()
  }
}

/// The functions of the language.
public enum Builtins {
  /// Makes every function known to a machine.
  public static func install(in machine: Machine, host: Host) {
    CoreLists.register(in: machine)
    CoreText.register(in: machine)
    let groups: [[NativeFunction]] = [
      Printing.functions(host), MathFunctions.functions(), ReductionFunctions.functions(),
      ShapingFunctions.functions(), Randomness.functions(host), NeuralFunctions.functions(host),
      LayerFunctions.functions(host), TrainingFunctions.functions(),
      TokenizerFunctions.functions(host), MaskFunctions.functions(host),
      JudgingFunctions.functions(host), ProgressFunctions.functions(host),
      DataFunctions.functions(host), TableFunctions.functions(), PictureFunctions.functions(host),
      PlotFunctions.functions(host),
      FileFunctions.functions(host), WorkspaceFunctions.functions(host),
      Inspection.functions(host), HistoryFunctions.functions(host),
      ProfileFunctions.functions(host),
      SummaryFunctions.functions(host),
    ]
    TensorOperators.install(in: machine)
    for native in groups.flatMap({ $0 }) { machine.register(native) }
  }
}
