import Glibc
import Testing

@testable import Plotting

/// Whether this machine can draw; what needs no drawing is tested without.
private let hasGnuplot = (try? Gnuplot().output(of: "")) != nil

@Suite struct FigureRendererTests {
  /// A folder of its own.
  private let folder: String = {
    var name = Array(
      "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/plots-XXXXXX".utf8CString)
    precondition(mkdtemp(&name) != nil, "a temporary folder")
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  private func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return Array(bytes[..<fread(&bytes, 1, bytes.count, file)])
  }

  private func names() -> [String] {
    guard let listing = opendir(folder) else { return [] }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { tuple in
          tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  private static func curve(_ x: [Double], _ y: [Double]) -> Figure {
    var figure = Figure()
    figure.title = "a_b {c} 'd' \"e\" \\f\ng"
    figure.series = [.init(name: "it's", x: x, y: y)]
    return figure
  }

  @Test("a PNG has its signature and size and leaves no other file", .enabled(if: hasGnuplot))
  func png() throws {
    var figure = Self.curve([1, 2, 3], [3, 1, 2])
    (figure.width, figure.height) = (640, 400)
    try FigureRenderer.save(figure, to: "\(folder)/x.PNG")
    let picture = bytes("\(folder)/x.PNG")
    #expect(picture.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    #expect(Array(picture[16..<24]) == [0, 0, 640 >> 8, 640 & 255, 0, 0, 400 >> 8, 400 & 255])
    #expect(names() == ["x.PNG"])
  }

  @Test("an SVG is complete and has the title as it was written", .enabled(if: hasGnuplot))
  func svg() throws {
    try FigureRenderer.save(Self.curve([1, 2], [3, 4]), to: "\(folder)/x.svg")
    let text = String(decoding: bytes("\(folder)/x.svg"), as: UTF8.self)
    #expect(text.contains("<svg") && text.contains("</svg>"))
    #expect(text.contains("a_b {c}") && text.contains("\\f g"))
  }

  @Test(
    "hard values are drawn", .enabled(if: hasGnuplot),
    arguments: [
      ([], []), ([1], [1]), ([0], [0]), ([1, 2], [.nan, .infinity]), ([1, 2], [5, 5]),
      ([1, 1], [2, 3]), ([1, 2], [1e308, -1e308]),
      ([1, 2], [.leastNonzeroMagnitude, .leastNormalMagnitude]), ([-1, 2], [-3, -2]),
      ([1e-9, 1e9], [1e-9, 1e9]), ([1, 2, 3], [1, .nan, 2]),
    ] as [([Double], [Double])])
  func hardValues(x: [Double], y: [Double]) throws {
    for style in Figure.Series.Style.allCases {
      for (isLogX, isLogY) in [(false, false), (true, true)] {
        var figure = Self.curve(x, y)
        figure.series[0].style = style
        (figure.isLogX, figure.isLogY) = (isLogX, isLogY)
        #expect(try FigureRenderer.text(figure, columns: 60, rows: 15).contains("a_b {c}"))
      }
    }
  }

  @Test(
    "heat maps of one cell, with gaps and with negative values are drawn", .enabled(if: hasGnuplot),
    arguments: [
      [7], [1, 2, .nan, 4], [-1, -2, -3, -4], [0, 0, 0, 0], [.nan],
    ] as [[Double]])
  func heatMaps(values: [Double]) throws {
    let names = values.count == 1 ? ["one"] : ["one", "it's"]
    var figure = Figure()
    figure.heatMap = .init(rows: names, columns: names, values: values)
    try FigureRenderer.save(figure, to: "\(folder)/x.png")
    #expect(bytes("\(folder)/x.png").count > 500)
    #expect(try !FigureRenderer.text(figure, columns: 60, rows: 15).isEmpty)
  }

  @Test(
    "text has no escape codes unless asked, and no blank lines on top", .enabled(if: hasGnuplot))
  func text() throws {
    let figure = Self.curve([1, 2, 3], [3, 1, 2])
    let plain = try FigureRenderer.text(figure, columns: 60, rows: 15)
    #expect(!plain.contains("\u{1b}") && !plain.hasPrefix("\n") && !plain.hasPrefix("\u{c}"))
    #expect(plain.split(separator: "\n").allSatisfy { $0.count <= 60 })
    #expect(
      try FigureRenderer.text(figure, columns: 60, rows: 15, ink: .trueColor).contains("\u{1b}["))
    #expect(try FigureRenderer.sixel(figure).hasPrefix("\u{1b}P"))
  }

  @Test("without gnuplot the error says what to install and no file is made")
  func missing() {
    let gnuplot = Gnuplot(program: "no-such-gnuplot")
    #expect(throws: PlotError.gnuplotMissing) {
      try FigureRenderer.save(Self.curve([1], [1]), to: "\(folder)/x.png", with: gnuplot)
    }
    #expect(PlotError.gnuplotMissing.description.contains("apt-get install gnuplot-nox"))
    #expect(names() == [])
  }

  @Test("a gnuplot that ends at once is an error, not a signal")
  func gone() {
    let script = String(repeating: "# much more than a pipe holds\n", count: 20_000)
    #expect(throws: PlotError.gnuplot("it stopped without a word")) {
      try Gnuplot(program: "false").output(of: script)
    }
  }

  @Test("what gnuplot says is in the error", .enabled(if: hasGnuplot))
  func complaint() {
    #expect(throws: PlotError.self) { try Gnuplot().output(of: "plot nothing\n") }
    do { _ = try Gnuplot().output(of: "plot nothing\n") } catch {
      #expect("\(error)".contains("undefined variable: nothing"))
    }
  }

  @Test("the ending must be .png or .svg")
  func unknownKind() {
    #expect(throws: PlotError.unknownKind(path: "x.gif")) {
      try FigureRenderer.save(Figure(), to: "x.gif")
    }
  }
}
