import Arrays
import Autograd
import Interpreter
import MaskedModeling
import Syntax

/// Which patches are hidden. A mask is true where the patch is hidden from the encoder.
enum MaskFunctions {
  private static let group = "masks"

  static func functions(_ host: Host) -> [NativeFunction] {
    [blockMask(host), randomMask(host), randomVisible(host), cover()]
  }

  private static func grid(_ call: Interpreter.Call, _ index: Int) throws -> (height: Int, width: Int) {
    let grid = try Tensors.integers(call, index)
    guard grid.count == 2, grid.allSatisfy({ (1...4096).contains($0) }) else {
      throw call.wrongType(index, wanted: "rows and columns of patches, such as [8, 8]")
    }
    return (grid[0], grid[1])
  }

  /// `ratio:` of all patches, or `count:` of them.
  private static func amount(_ call: Interpreter.Call, ratio: Int, count: Int, of all: Int, standard: Double)
    throws -> Int
  {
    if call.has(count) { return try call.integer(count, in: 0...all) }
    let share = try call.number(ratio, default: standard)
    guard share >= 0, share <= 1 else {
      throw Diagnosis(
        "E119",
        "\(call.function.name): `\(call.function.parameters[ratio].name)` is \(Display.number(share)) (\(Display.number(share * 100)) %), wanted 0 % to 100 %",
        arguments: [(ratio, "")],
        hint: share > 2 && share <= 100 ? "`\(Display.number(share))%`." : nil,
        cure: share > 2 && share <= 100 ? .rewrite("\(Display.number(share))%") : nil)
    }
    return Int((share * Double(all)).rounded())
  }

  private static func shaped(_ mask: NDArray, _ call: Interpreter.Call, batch: Int) throws -> Value {
    Tensors.owned(call.has(batch) ? mask : try mask.row(0))
  }

  private static func blockMask(_ host: Host) -> NativeFunction {
    NativeFunction(
      "block_mask",
      "grid= list, ratio=38.3% number, count=nil number, batch=nil number, min_block=nil number, aspect=0.3 number, seed=nil number",
      group: group,
      summary: "Masks of random rectangles of patches (BEiT, CCViT).",
      details: """
        grid: rows and columns of patches, such as [8, 8].
        ratio: the share that is hidden, 0% to 100%, rounded to whole patches.
        count: how many are hidden, instead of ratio.
        batch: so many masks.
        min_block: the least patches of a rectangle; 16 on a grid of 14 x 14, the same share of
        others.
        aspect: height over width of a rectangle lies between aspect and 1/aspect, 0.01 to 1.
        seed: a whole number: masks of this call's own.
        Gives a mask [rows, columns], with batch [batch, rows, columns]; true is hidden, exactly so
        many each.
        """,
      example: "count(block_mask(grid: [4, 4], ratio: 50%, seed: 1))  # => 8",
      related: ["random_mask", "cover", "corrupt", "masks"]
    ) { call in
      let (height, width) = try grid(call, 0)
      let count = try amount(call, ratio: 1, count: 2, of: height * width, standard: 0.383)
      let aspect = try call.number(5, default: 0.3, in: 0.01...1, wanted: "0.01 to 1")
      let least = call.has(4) ? try call.integer(4, in: 1...(height * width)) : nil
      let batch = try call.integer(3, default: 1, in: 0...(1 << 24))
      _ = try Shape.validated([batch, height, width])
      return try Randomness.withStream(call, 6, host) { stream in
        let mask = try Mask.blocks(
          batch: batch, height: height, width: width, count: count, minimumBlock: least,
          aspect: aspect, random: &stream)
        return try shaped(mask, call, batch: 3)
      }
    }
  }

  private static func randomMask(_ host: Host) -> NativeFunction {
    NativeFunction(
      "random_mask",
      "grid= list, ratio=75% number, count=nil number, batch=nil number, seed=nil number",
      group: group,
      summary: "Masks of single patches, each as likely as any other (MAE).",
      details: """
        grid: rows and columns of patches, such as [8, 8].
        ratio: the share that is hidden, 0% to 100%, rounded to whole patches.
        count: how many are hidden, instead of ratio.
        batch: so many masks.
        seed: a whole number: masks of this call's own.
        Gives a mask [rows, columns], with batch [batch, rows, columns]; true is hidden, exactly so
        many each.
        """,
      example: "count(random_mask(grid: [4, 4], ratio: 75%, seed: 1))  # => 12",
      related: ["block_mask", "cover", "masks"]
    ) { call in
      let (height, width) = try grid(call, 0)
      let count = try amount(call, ratio: 1, count: 2, of: height * width, standard: 0.75)
      let batch = try call.integer(3, default: 1, in: 0...(1 << 24))
      _ = try Shape.validated([batch, height, width])
      return try Randomness.withStream(call, 4, host) { stream in
        let mask = try Mask.uniform(
          batch: batch, height: height, width: width, count: count, random: &stream)
        return try shaped(mask, call, batch: 3)
      }
    }
  }

  private static func randomVisible(_ host: Host) -> NativeFunction {
    NativeFunction(
      "random_visible",
      "hidden: mask, share=10.2% number, count=nil number, seed=nil number",
      group: group,
      summary: "Some of the visible patches, chosen at random: those that are to be replaced.",
      details: """
        hidden: [B, ...], true is hidden.
        share: the share of all patches of an image, 0% to 100%; as many must be visible.
        count: how many of each image, instead of share.
        seed: a whole number: a choice of this call's own.
        Gives a mask of the same shape, never true where hidden is.
        """,
      example: """
        let hidden = block_mask(grid: [4, 4], batch: 2, seed: 1)
        random_visible(hidden, count: 2, seed: 2) |> count  # => 4
        """,
      related: ["block_mask", "corrupt", "masks"]
    ) { call in
      let hidden = try Tensors.mask(call, 0)
      let patches = hidden.count / max(1, hidden.rank > 0 ? hidden.shape[0] : 1)
      let count = try amount(call, ratio: 1, count: 2, of: patches, standard: 0.102)
      return try Randomness.withStream(call, 3, host) { stream in
        Tensors.owned(try Mask.amongVisible(hidden, count: count, random: &stream))
      }
    }
  }

  private static func cover() -> NativeFunction {
    NativeFunction(
      "cover", "images: tensor, mask: mask, size= number, color=0.5 number", group: group,
      summary: "Images with their hidden patches painted over, for looking at.",
      details: """
        images: [B, C, H, W], or one image [C, H, W].
        mask: [B, rows, columns], or [rows, columns] of one image; true is hidden.
        size: side of a patch in pixels.
        color: the grey, 0 (black) to 1 (white).
        Gives images of the same shape.
        """,
      example: """
        let m = block_mask(grid: [2, 2], count: 1, seed: 1)
        sum(cover(zeros([3, 8, 8]), m, size: 4, color: 1))  # => 48
        """,
      related: ["block_mask", "show", "masks"]
    ) { call in
      var images = try Tensors.argument(call, 0).value.converted(to: .float32)
      let mask = try Tensors.mask(call, 1)
      let isSingle = images.rank == 3
      if isSingle { images = try images.reshaped(to: [1] + images.shape.extents) }
      let size = try call.integer(2, in: 1...65536)
      let patches = try patchify(images, size: size)
      let grid = [images.shape[2] / size, images.shape[3] / size]
      try checkMask(mask, batch: images.shape[0], grid: grid, isSingle: isSingle)
      let flags = try mask.reshaped(to: [patches.shape[0], patches.shape[1], 1])
      let grey = NDArray(scalar: Float(try call.number(3, default: 0.5)))
      let covered = try unpatchify(
        try select(flags, grey, patches), size: size, grid: (grid[0], grid[1]))
      return Tensors.owned(isSingle ? try covered.row(0) : covered)
    }
  }

  /// A mask has the grid's rows and columns, or its patches in one row; a batch of images one mask each.
  private static func checkMask(
    _ mask: NDArray, batch: Int, grid: [Int], isSingle: Bool
  ) throws {
    let one = [grid, [grid[0] * grid[1]]]
    let fitting = one.map { [batch] + $0 } + (batch == 1 ? one : [])
    guard !fitting.contains(mask.shape.extents) else { return }
    let wanted = isSingle ? Shape(grid) : Shape([batch] + grid)
    let patches = "\(grid[0]) x \(grid[1]) patches" + (isSingle ? "" : " each of \(batch) images")
    throw Diagnosis(
      "E021", "cover: the mask is \(mask.shape), wanted \(wanted) for \(patches)",
      arguments: [(1, "\(mask.shape)")],
      hint: "`block_mask(grid: [\(grid[0]), \(grid[1])]\(isSingle ? "" : ", batch: \(batch)"))`.")
  }
}
