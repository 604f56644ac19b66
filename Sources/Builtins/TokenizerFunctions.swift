import Arrays
import Autograd
import Clustering
public import Interpreter
public import MaskedModeling

/// A centroid tokenizer of the language.
public final class TokenizerObject: ForeignObject {
  /// The tokenizer itself.
  public let tokenizer: CentroidTokenizer

  public init(_ tokenizer: CentroidTokenizer) {
    self.tokenizer = tokenizer
  }

  public override var typeName: String { "tokenizer" }
  public override func summary(width: Int) -> String {
    let t = tokenizer
    var text = heading
    if let used = t.usedShare {
      text += used == 1 ? ", all used" : ", \(TensorSummary.short(used * 100)) % used"
    }
    guard let last = t.history.last else { return text }
    let count = t.history.count
    text +=
      "\n  inertia \(TensorSummary.short(last)) after \(count) iteration\(count == 1 ? "" : "s")"
    if t.seconds > 0 { text += " in \(TensorSummary.short(t.seconds)) s" }
    return text
  }
  public override var brief: String? { heading }
  private var heading: String {
    let t = tokenizer
    return
      "tokenizer: \(TextNumber.grouped(t.k)) centroids of \(t.channels) x \(t.patch) x \(t.patch) pixels"
  }
  public override var byteCount: Int { tokenizer.centroids.byteCount + 16 * tokenizer.counts.count }
  public override var fieldNames: [String] {
    ["k", "patch", "dim", "centroids", "inertia", "history", "counts", "used", "seconds"]
  }
  public override func field(_ name: String) throws -> Value? {
    switch name {
    case "k": Value(tokenizer.k)
    case "patch": Value(tokenizer.patch)
    case "dim": Value(tokenizer.width)
    case "centroids": Tensors.owned(tokenizer.centroids)
    case "inertia": tokenizer.history.last.map { Value($0) } ?? Value.none
    case "history": .owning(ListObject(tokenizer.history.map { Value($0) }))
    case "counts": .owning(ListObject(tokenizer.counts.map { Value($0) }))
    case "used": tokenizer.usedShare.map { Value($0) } ?? Value.none
    case "seconds": Value(tokenizer.seconds)
    default: nil
    }
  }
}

/// Patches, centroids and tokens.
enum TokenizerFunctions {
  private static let group = "tokenizers"

  static func functions(_ host: Host) -> [NativeFunction] {
    [
      patchifyFunction(), unpatchifyFunction(), kmeans(host), encode(host), decode(), tokenizer(),
      randomCentroids(host), psnr(), normalizePatchesFunction(), standardize(),
    ]
  }

  private static func patchifyFunction() -> NativeFunction {
    NativeFunction(
      "patchify", "images: tensor, size= number", group: group,
      summary: "Images cut into square patches, each a vector.",
      details: """
        images: [B, C, H, W], or one image [C, H, W], or a data set; H and W are multiples of size.
        size: side of a patch in pixels.
        Gives a tensor [B, N, C size size] (or [N, C size size]): patches row by row, each in (c, y,
        x) order.
        """,
      example: "patchify(zeros([2, 3, 8, 8]), size: 4).shape  # => [2, 4, 48]",
      related: ["unpatchify", "kmeans", "patches"]
    ) { call in
      let x = try images(call, 0)
      let size = try call.integer(1, in: 1...65536)
      if x.rank == 3 {
        let one = try patchify(x.reshaped(to: [1] + x.shape.extents), size: size)
        return Tensors.owned(try one.row(0))
      }
      return Tensors.owned(try patchify(x, size: size))
    }
  }

  private static func images(_ call: Call, _ index: Int) throws -> NDArray {
    if let data = call[index].object as? any ImageSource { return try data.allImages() }
    return try Tensors.argument(call, index).value
  }

  private static func unpatchifyFunction() -> NativeFunction {
    NativeFunction(
      "unpatchify", "patches: tensor, size= number, grid=nil list", group: group,
      summary: "Patches put back together into images.",
      details: """
        patches: [B, N, C size size], or of one image [N, C size size], in (c, y, x) order.
        size: side of a patch in pixels.
        grid: rows and columns of patches, such as [4, 8]; square when left out.
        Gives a tensor [B, C, H, W] (or [C, H, W]).
        """,
      example: "unpatchify(zeros([2, 4, 48]), size: 4).shape  # => [2, 3, 8, 8]",
      related: ["patchify", "decode"]
    ) { call in
      let x = try Tensors.argument(call, 0).value
      let grid = call.has(2) ? try Tensors.integers(call, 2) : nil
      if let grid, grid.count != 2 {
        throw call.wrongType(2, wanted: "rows and columns, such as [8, 8]")
      }
      let size = try call.integer(1, in: 1...65536)
      let shape = grid.map { (height: $0[0], width: $0[1]) }
      if x.rank == 2 {
        let one = try unpatchify(x.reshaped(to: [1] + x.shape.extents), size: size, grid: shape)
        return Tensors.owned(try one.row(0))
      }
      return Tensors.owned(try unpatchify(x, size: size, grid: shape))
    }
  }

  private static func kmeans(_ host: Host) -> NativeFunction {
    NativeFunction(
      "kmeans",
      "patches: tensor or string, k= number, iters=25 number, init=\"random\" \"random\" or \"plus\", within=nil duration, seed=nil number, size=nil number, sample=nil number, image=nil number, memory=nil string",
      group: group,
      summary: "Fits centroids to patches by k-means: a tokenizer.",
      details: """
        Patches that do not fit in memory are read anew in each iteration, a part at a time; the
        centroids are the same.
        patches: [..., D] with D = 3 size size, pixels 0 to 1, or a path: a folder of images (its
        train part if it has parts), or a .npy or .safetensors file with one matrix of float32.
        k: how many centroids, at most as many as there are patches.
        iters: at most so many passes of Lloyd's iteration; it ends when nothing changes.
        init: "random" (distinct patches) or "plus" (k-means++), where it starts.
        within: a time limit, such as 30s: the last full iteration counts.
        seed: a whole number: a start of this call's own.
        size: side of a patch in pixels; found from D for RGB patches, needed for a folder.
        sample: fit on so many patches drawn at random.
        image: of a folder: scale and cut every image to image x image pixels.
        memory: of a path: how much may be held at a time, such as "4G"; "1G" unless given.
        Gives a tokenizer with fields k, patch, dim, centroids [k, D], inertia, history, counts,
        used, seconds.
        """,
      example: """
        let tok = uniform([100, 12], seed: 1) |> kmeans(k: 4, seed: 1)
        tok.centroids.shape  # => [4, 12]
        """,
      related: ["encode", "decode", "patchify", "patches"]
    ) { call in
      try refuseImages(call)
      let memory = try memoryLimit(call)
      let source = try pointSource(call)
      let size = try patchSize(call, source.width)
      let limit =
        call.has(4)
        ? try call.number(4, in: 1e-3...1e9, wanted: "a duration above 0, such as 30s") : nil
      let k = try call.integer(1, in: 1...(1 << 24))
      let start =
        KMeans.Start(
          rawValue: try call.word(3, default: "random")) ?? .random
      return try Randomness.withStream(call, 5, host) { stream in
        let points = try sampled(source, call, &stream, memory)
        let iterations = try call.integer(2, default: 25, in: 1...100_000)
        let seed = UInt64(stream.word()) << 32 | UInt64(stream.word())
        let begin = host.now
        let line = ProgressLine(host, title: "k-means", total: iterations)
        let fit = try KMeans(k: k, iterations: iterations, start: start, seed: seed)
          .fit(points, memory: memory) { progress in
            line.update(
              progress.iteration, detail: "inertia \(TensorSummary.short(progress.inertia))")
            return limit.map { host.now - begin < $0 } ?? true
          } pulse: {
            try call.machine.checkInterrupt()
            line.refresh()
          }
        line.finish()
        return .owning(
          TokenizerObject(
            try CentroidTokenizer(
              centroids: fit.centroids, patch: size, history: fit.history, counts: fit.counts,
              seconds: host.now - begin)))
      }
    }
  }

  private static func memoryLimit(_ call: Call) throws -> Int {
    guard call.has(9) else { return 1 << 30 }
    guard let bytes = ByteSize.bytes(try call.string(9)) else {
      throw call.outOfRange(9, wanted: "a size of memory, such as \"4G\" or \"500M\"")
    }
    return bytes
  }

  /// The rows of a tensor, or what a path leads to.
  private static func pointSource(_ call: Call) throws -> any PointSource {
    guard call[0].string != nil else {
      for (index, name) in [(8, "image:"), (9, "memory:")] where call.has(index) {
        throw Diagnosis(
          "E107", "\(name) is for what a path leads to; these patches are in memory",
          arguments: [(index, "")])
      }
      return try KMeans.source(of: try Tensors.argument(call, 0).value)
    }
    let path = FilePath.expanded(try call.string(0))
    if try DataFunctions.isFile(path) {
      let name = path.lowercased()
      guard name.hasSuffix(".npy") || name.hasSuffix(".safetensors") else {
        throw call.outOfRange(0, wanted: "a folder of images, a .npy or a .safetensors file")
      }
      guard !call.has(8) else {
        throw Diagnosis(
          "E107", "image: is for a folder of images; \(path) is a file", arguments: [(8, "")])
      }
      return try PointFile(path)
    }
    guard call.has(6) else {
      throw Diagnosis(
        "E107", "kmeans of a folder of images needs size:, the side of a patch",
        arguments: [(0, "")], hint: "kmeans(\"\(path)\", k: 512, image: 32, size: 4)")
    }
    return try PatchFolder(
      path, side: call.has(8) ? try call.integer(8, in: 1...16384) : nil,
      patch: try call.integer(6, in: 1...65536), pulse: call.machine.checkInterrupt)
  }

  /// So many points as `sample` says, in memory; all without it.
  private static func sampled(
    _ source: any PointSource, _ call: Call, _ stream: inout RandomSource, _ memory: Int
  ) throws -> any PointSource {
    guard call.has(7) else { return source }
    let count = min(try call.integer(7, in: 1...Int.max), source.count)
    guard source.bytesPerPoint == 0 || count <= memory / 2 / (4 * source.width) else {
      throw ClusteringError.memory(bytes: memory, needed: 8 * source.width * count)
    }
    let rows = stream.sample(count, below: source.count).sorted()
    return try KMeans.source(
      of: try source.points(at: rows, memory: memory / 2, pulse: call.machine.checkInterrupt))
  }

  /// Rows of pixels would be clustered without a word.
  private static func refuseImages(_ call: Call) throws {
    let rank = (call[0].object as? TensorObject)?.array.rank
    guard rank == 4 || call[0].object is DatasetObject else { return }
    throw Diagnosis(
      "E107", "kmeans takes patches, N x D or B x N x D, not images",
      arguments: [(0, Display.described(call[0]))],
      hint: "`images |> patchify(size: 4) |> kmeans(k: 256)`.")
  }

  private static func patchSize(_ call: Call, _ width: Int) throws -> Int {
    if call.has(6) {
      let size = try call.integer(6, in: 1...65536)
      guard width % (size * size) == 0 else {
        throw ShapeError.notDivisible(
          operation: "kmeans", extent: width, by: size * size, what: "a patch vector")
      }
      return size
    }
    let side = Int((Double(width) / 3).squareRoot().rounded())
    // Points that are no RGB patches: patches of one pixel with so many channels.
    return 3 * side * side == width ? side : 1
  }

  private static func tokenizerArgument(_ call: Call, _ index: Int) throws -> CentroidTokenizer {
    try call.object(index, as: TokenizerObject.self, wanted: "a tokenizer, as kmeans(...) makes it")
      .tokenizer
  }

  private static func encode(_ host: Host) -> NativeFunction {
    NativeFunction(
      "encode", "tokenizer: tokenizer, x: tensor", group: group,
      summary: "The token of each patch: the number of its nearest centroid.",
      details: """
        tokenizer: as `kmeans` makes it.
        x: images [B, C, H, W], a data set, or patches [..., D], pixels 0 to 1.
        Gives a tensor of ids, int32: [B, N] of images, [...] of patches, each 0 to k - 1.
        """,
      example: """
        let tok = tokenizer([0, 0, 0; 1, 1, 1], size: 1)
        list(encode(tok, [0.1, 0.2, 0; 0.9, 1, 1]))  # => [0, 1]
        """,
      related: ["decode", "kmeans", "patches"]
    ) { call in
      let (tokenizer, x) = (try tokenizerArgument(call, 0), try images(call, 1))
      return try blamingData {
        guard
          x.rank != 3 || x.shape[2] == tokenizer.centroids.shape[1]
            || x.shape[0] != tokenizer.channels
        else {
          throw Diagnosis(
            "E021", "encode: x is one image, \(x.shape); wanted a batch of images, or patches",
            hint: "`unsqueeze(image, axis: 0)`.")
        }
        let line = ProgressLine(
          host, title: "encode", total: x.count / max(1, tokenizer.centroids.shape[1]))
        defer { line.finish() }
        return Tensors.owned(
          try tokenizer.encode(x) { done in
            try call.machine.checkInterrupt()
            line.update(done)
          })
      }
    }
  }

  /// What is wrong with the second argument, whichever an error names.
  private static func blamingData(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      guard var diagnosis = error as? Diagnosis ?? (error as? any DiagnosableError)?.diagnosis
      else {
        throw error
      }
      diagnosis.arguments = [(1, "")]
      throw diagnosis
    }
  }

  private static func decode() -> NativeFunction {
    NativeFunction(
      "decode", "tokenizer: tokenizer, ids: tensor", group: group,
      summary: "The centroid of each token.",
      details: """
        tokenizer: as `kmeans` makes it.
        ids: [...], whole numbers 0 to k - 1.
        Gives a tensor of patches [..., D].
        """,
      example: """
        let tok = tokenizer([0, 0, 0; 1, 1, 1], size: 1)
        list(decode(tok, [1, 0]))  # => [[1, 1, 1], [0, 0, 0]]
        """,
      related: ["encode", "unpatchify"]
    ) { call in
      let (tokenizer, ids) = (try tokenizerArgument(call, 0), try Tensors.ids(call, 1))
      return try blamingData { Tensors.owned(try tokenizer.decode(ids)) }
    }
  }

  private static func tokenizer() -> NativeFunction {
    NativeFunction(
      "tokenizer", "centroids: tensor, size= number", group: group,
      summary: "A tokenizer of given centroids.",
      details: """
        centroids: [K, C size size], in (c, y, x) order, pixels 0 to 1.
        size: side of a patch in pixels.
        Gives a tokenizer.
        """,
      example: "tokenizer([0, 0, 0; 1, 1, 1], size: 1).k  # => 2",
      related: ["kmeans", "encode"]
    ) { call in
      .owning(
        TokenizerObject(
          try CentroidTokenizer(
            centroids: try Tensors.argument(call, 0).value,
            patch: try call.integer(1, in: 1...65536))))
    }
  }

  private static func randomCentroids(_ host: Host) -> NativeFunction {
    NativeFunction(
      "random_centroids", "tokenizer: tokenizer, shape: list, seed=nil number", group: group,
      summary: "Centroids chosen at random, one for each place of a shape.",
      details: """
        tokenizer: as `kmeans` makes it.
        shape: a list of extents, such as [8, 64].
        seed: a whole number: a choice of this call's own.
        Gives a tensor of patches [..., D].
        """,
      example: """
        let tok = tokenizer([0, 0, 0; 1, 1, 1], size: 1)
        random_centroids(tok, [5], seed: 1).shape  # => [5, 3]
        """,
      related: ["decode", "corrupt"]
    ) { call in
      let tokenizer = try tokenizerArgument(call, 0)
      let shape = try Tensors.shape(call, 1)
      return try Randomness.withStream(call, 2, host) { stream in
        let ids = (0..<shape.count).map { _ in Int32(stream.integer(below: tokenizer.k)) }
        return Tensors.owned(try tokenizer.decode(NDArray(ids, shape: shape)))
      }
    }
  }

  private static func psnr() -> NativeFunction {
    NativeFunction(
      "psnr", "a: tensor, b: tensor", group: group,
      summary: "Peak signal-to-noise ratio of two pictures, in dB.",
      details: """
        a: pixels 0 to 1, of any shape.
        b: pixels of the same shape.
        Gives a number, -10 log10 of the mean squared difference; inf where they are equal.
        """,
      example: "psnr([0.5, 0.5], [0.4, 0.6]) |> round  # => 20",
      related: ["mse", "show"]
    ) { call in
      Value(
        try peakSignalToNoise(
          try Tensors.argument(call, 0).value, try Tensors.argument(call, 1).value))
    }
  }

  private static func normalizePatchesFunction() -> NativeFunction {
    NativeFunction(
      "normalize_patches", "patches: tensor", group: group,
      summary: "Each patch with mean 0 and variance 1: the pixel target of CCViT and MAE.",
      details: """
        (x - mean) / sqrt(var + 1e-6) over the last axis, var unbiased.
        patches: [..., D].
        Gives a tensor of the same shape.
        """,
      example: "normalize_patches([1, 2, 3, 4]).shape  # => [4]",
      related: ["patchify", "standardize", "layer_norm"]
    ) { call in Tensors.owned(try normalizePatches(try Tensors.argument(call, 0).value)) }
  }

  private static let means: [Float] = [0.485, 0.456, 0.406]
  private static let deviations: [Float] = [0.229, 0.224, 0.225]

  /// Whether a shape is that of RGB images, not of patches: B x 3 x H x W, or 3 x H x W unless W can only
  /// be a patch's width. (Three lists of 3PP patches each would be no square grid.)
  private static func holdsImages(_ shape: Shape) -> Bool {
    guard shape.rank == 3 || shape.rank == 4, shape[-3] == 3 else { return false }
    let side = (Double(shape[-1]) / 3).squareRoot().rounded()
    let canBePatch = 3 * side * side == Double(shape[-1])
    return shape.rank == 4 || shape[-1] == shape[-2] || !canBePatch
  }

  private static func standardize() -> NativeFunction {
    NativeFunction(
      "standardize", "x: tensor", group: group,
      summary:
        "Pixels as networks take them: (x - mean) / std by channel, with ImageNet's mean and std.",
      details: """
        Mean 0.485, 0.456, 0.406; std 0.229, 0.224, 0.225.
        x: images [B, 3, H, W] or [3, H, W], or patches [..., 3 P P] in (c, y, x) order, pixels 0 to
        1.
        Gives a tensor of the same shape.
        """,
      example: "standardize(zeros([3, 2, 2])).shape  # => [3, 2, 2]",
      related: ["normalize_patches", "patch_embedding"]
    ) { call in
      let x = try Tensors.argument(call, 0)
      let channelAxis = x.shape.rank - 3
      let isImage = holdsImages(x.shape)
      let repeats: Int
      let shape: [Int]
      if isImage {
        (repeats, shape) = (1, [Int](repeating: 1, count: channelAxis) + [3, 1, 1])
      } else {
        guard let width = x.shape.extents.last, width % 3 == 0, width > 0 else {
          throw ShapeError.wrongShape(
            operation: "standardize", argument: "x", seen: x.shape,
            wanted: "images ... x 3 x H x W or patches ... x 3*P*P")
        }
        (repeats, shape) = (width / 3, [width])
      }
      func spread(_ values: [Float]) throws -> Tensor {
        let flat = values.flatMap { [Float](repeating: $0, count: repeats) }
        return Tensor(try NDArray(flat).reshaped(to: shape))
      }
      let centred = try subtract(x, try spread(means))
      return Tensors.owned(try multiply(centred, try spread(deviations.map { 1 / $0 })))
    }
  }
}

/// A value of the language that holds images.
protocol ImageSource: HeapObject {
  /// [N, 3, H, W], pixels 0 ... 1.
  func allImages() throws -> NDArray
}
