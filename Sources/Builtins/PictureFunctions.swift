import Arrays
import Autograd
import Images
import Interpreter
import MaskedModeling
import Plotting

/// Showing values as pictures.
enum PictureFunctions {
  private static let group = "pictures and plots"

  static func functions(_ host: Host) -> [NativeFunction] { [show(host)] }

  private static func show(_ host: Host) -> NativeFunction {
    NativeFunction(
      "show", "x: any, title=\"\" string, columns=nil number, save=nil string", group: group,
      summary: "Draws a value as a picture.",
      details: """
        On a terminal in half blocks, or in pixels where it shows sixels or kitty's graphics; in a pipe one
        line of text.
        x: one image [3, H, W], several [N, 3, H, W] side by side, grey numbers [H, W], a mask
        (white where true), a data set, a tokenizer (its centroids), a confusion matrix or a figure;
        pixels 0 to 1.
        title: what stands above it, and in the file.
        columns: images in a row; as square as can be when left out.
        save: a path to write it to as well, .png or .jpg, of a figure .png or .svg.
        Gives the picture, for `save`.
        """,
      example: "show(uniform([4, 3, 8, 8], seed: 1), title: \"noise\")",
      related: ["plot", "save", "cover", "images"]
    ) { call in
      let title = try call.string(1, default: "")
      if let plain = figure(of: call[0]) {
        let figure = title.isEmpty ? plain : plain.titled(title)
        try draw(figure, host)
        if call.has(3) { try saving { try write(figure, to: try call.string(3), host) } }
        return .owning(figure)
      }
      let columns = call.has(2) ? try call.integer(2, in: 1...10_000) : nil
      let tiles = try tiles(call, 0)
      let picture = PictureObject(try pixels(call, 0, columns: columns), title: title)
      if call.has(3) { try saving { try PictureFile.write(picture, to: try call.string(3), host) } }
      let path = call.has(3) ? try call.string(3) : nil
      try draw(picture, tiles.map { TilesOnTerminal($0, across: columns) }, savedAs: path, host)
      return .owning(picture)
    }
  }

  /// What cannot be written is told at the path.
  private static func saving(_ write: () throws -> Void) throws {
    do { try write() } catch let error as ImageError { throw error.diagnosis(path: 3) }
  }

  private static func draw(
    _ picture: PictureObject, _ tiles: TilesOnTerminal?, savedAs path: String?, _ host: Host
  ) throws {
    host.livePlots.settle()
    picture.isJustShown = true
    let pixels = picture.picture
    let rows = tiles?.rows(of: host.rows()) ?? max(8, host.rows() / 2)
    let drawing: String
    switch host.pictureStyle {
    case .line:
      drawing = picture.summary(width: 80) + (path.map { " -> \($0)" } ?? "") + "\n"
    case .characters(let ink):
      let columns = max(8, host.width() - 1)
      drawing = try Pictures.halfBlocks(
        tiles?.picture(width: columns, height: 2 * rows) ?? pixels, columns: columns, rows: rows,
        ink: ink)
    case .pixels(let graphics):
      let cell = host.cell()
      drawing =
        try Pictures.pixels(
          pixels, as: graphics, width: (host.width() - 1) * cell.width,
          height: rows * cell.height) + "\n"
    }
    let isTitled = host.pictureStyle != .line && !picture.title.isEmpty
    host.write((isTitled ? picture.title + "\n" : "") + drawing)
  }

  static func figure(of value: Value) -> FigureObject? {
    if let figure = value.object as? FigureObject { return figure }
    guard let confusion = value.object as? ConfusionObject else { return nil }
    // As text its own table says more than a plot of characters.
    return FigureObject([value], text: { confusion.summary(width: $0) }) {
      var figure = Figure()
      figure.title = "confusion (rows: labels, columns: predictions)"
      figure.heatMap = Figure.HeatMap(
        rows: confusion.names, columns: confusion.names,
        values: (0..<confusion.counts.count).map { confusion.counts.number(at: $0) })
      return figure
    }
  }

  /// Writes a figure; without gnuplot a note says so and the program goes on.
  static func write(_ figure: FigureObject, to path: String, _ host: Host) throws {
    try AtomicFile.makeFolders(for: path)
    do throws(PlotError) {
      try FigureRenderer.save(figure.build(), to: path)
    } catch {
      guard error == .gnuplotMissing else { throw error }
      host.writeNote("\(path) is not written: \(error)\n")
    }
  }

  /// Anything that is a picture, as one [3, H, W].
  static func pixels(_ call: Call, _ index: Int, columns: Int?) throws -> NDArray {
    if let picture = call[index].object as? PictureObject { return picture.picture }
    guard let tiles = try tiles(call, index) else {
      preconditionFailure("what is no picture yet consists of images")
    }
    return Pictures.grid(tiles, columns: columns)
  }

  /// The images that a picture shows side by side, [N, C, H, W]; nil of a picture as it is.
  private static func tiles(_ call: Call, _ index: Int) throws -> NDArray? {
    if call[index].object is PictureObject { return nil }
    if let tokenizer = call[index].object as? TokenizerObject {
      let t = tokenizer.tokenizer
      return try t.centroids.reshaped(to: [t.k, t.channels, t.patch, t.patch])
    }
    let x =
      try (call[index].object as? any ImageSource)?.allImages()
      ?? Tensors.argument(call, index).value
    switch x.rank {
    case 2: return try x.reshaped(to: [1, 1] + x.shape.extents)
    case 3 where x.shape[0] == 3 && x.elementType != .bool:
      return try x.reshaped(to: [1] + x.shape.extents)
    case 3: return try x.reshaped(to: [x.shape[0], 1, x.shape[1], x.shape[2]])
    case 4 where x.shape[1] == 3 || x.shape[1] == 1: return x
    default:
      throw ImageError.shape(
        seen: "a tensor \(x.shape)", wanted: "3 x H x W, N x 3 x H x W, H x W or N x H x W numbers")
    }
  }

  /// In a window where there is a display, else in characters or pixels.
  static func draw(_ figure: FigureObject, _ host: Host) throws {
    figure.isJustShown = true
    if FigureWindow.isAvailable { return figure.drawInWindow() }
    host.livePlots.settle()
    if let text = figure.drawnText, host.pixelGraphics == nil {
      return host.write(text(host.width()) + "\n")
    }
    do throws(PlotError) {
      host.write(try FigureText(host).drawing(of: figure.build()))
    } catch {
      guard error == .gnuplotMissing else { throw error }
      host.writeNote("\(error)\n")
    }
  }
}
