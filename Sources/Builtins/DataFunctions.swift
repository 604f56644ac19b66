import Arrays
import Autograd
public import Datasets
import Glibc
public import Images
public import Interpreter

extension DatasetError: DiagnosableError {
  public var diagnosis: Diagnosis { Diagnosis("E140", description, arguments: [(0, "")]) }
}

extension ImageError: DiagnosableError {
  public var diagnosis: Diagnosis { diagnosis(path: 0) }

  /// - Parameter path: the argument that names the file.
  func diagnosis(path: Int) -> Diagnosis {
    let culprit = if case .shape = self { 0 } else { path }
    return Diagnosis("E141", description, arguments: [(culprit, "")], hint: advice)
  }
}

/// A set of images of the language.
public final class DatasetObject: ForeignObject, ImageSource {
  /// The data set itself.
  public let dataset: Dataset

  private weak var machine: Machine?

  /// - Parameter machine: whose Ctrl-C ends the decoding of files on the disk.
  public init(_ dataset: Dataset, machine: Machine? = nil) {
    self.dataset = dataset
    self.machine = machine
  }

  func allImages() throws -> NDArray { try images(at: nil) }

  private func images(at positions: [Int]?) throws -> NDArray {
    try dataset.floats(positions) { try machine?.checkInterrupt() }
  }

  public override var typeName: String { "dataset" }
  public override func summary(width: Int) -> String {
    let d = dataset
    let classes =
      d.labels == nil ? "no labels" : "\(d.classes.count) class\(d.classes.count == 1 ? "" : "es")"
    let head =
      "dataset \(d.name): \(TextNumber.grouped(d.count)) images of \(d.width) x \(d.height)\(d.isOnDisk ? " on the disk" : ""), \(classes)"
    let list = d.classSummary(width: width - 2)
    return list.isEmpty ? head : head + "\n  " + list.replacing("\n", with: "\n  ")
  }
  public override var byteCount: Int { dataset.byteCount + 4 * dataset.count }
  public override var elementCount: Int? { dataset.count }
  public override var fieldNames: [String] {
    ["images", "labels", "classes", "count", "size", "shape"]
  }
  public override func field(_ name: String) throws -> Value? {
    switch name {
    case "images": Tensors.owned(try allImages())
    case "labels": dataset.labels.map { Tensors.owned($0) } ?? Value.none
    case "classes": CoreLists.strings(dataset.classes)
    case "count": Value(dataset.count)
    case "size": Value(dataset.width)
    case "shape": .owning(ListObject(dataset.shape.extents.map { Value($0) }))
    default: nil
    }
  }
  /// `data[i]` is an image, `data[a..b]` a batch of images.
  public override func index(_ items: [SubscriptItem]) throws -> Value {
    // The first index chooses among the images: only those are decoded.
    let chosen = try numbers.index(Array(items.prefix(1)))
    defer { chosen.release() }
    guard let array = (chosen.object as? TensorObject)?.array else { return chosen.retained() }
    let positions = array.converted(to: .int32).elements(of: Int32.self).map { Int($0) }
    let images = try images(at: positions)
    let rest = Array(items.dropFirst())
    if array.rank == 0 {
      let image = TensorObject(try images.row(0))
      return rest.isEmpty ? .owning(image) : try image.index(rest)
    }
    let all = TensorObject(images)
    return rest.isEmpty ? .owning(all) : try all.index([.all] + rest)
  }
  /// 0, 1, ... of the images.
  private lazy var numbers = TensorObject(NDArray((0..<Int32(dataset.count)).map { $0 }))

  public override func makeIterator(machine: Machine) throws -> (any ValueIterator)? {
    DatasetIterator(dataset)
  }
}

private final class DatasetIterator: ValueIterator {
  private let dataset: Dataset
  private var position = 0
  init(_ dataset: Dataset) { self.dataset = dataset }
  func next() throws -> Value? {
    guard position < dataset.count else { return nil }
    defer { position += 1 }
    return Tensors.owned(try dataset.floats([position]).row(0))
  }
}

/// Images in batches.
private final class BatchesObject: ForeignObject {
  private let dataset: Dataset
  private let options: BatchOptions
  private let givesLabels: Bool
  private let host: Host
  private let seed: UInt64?

  init(_ dataset: Dataset, _ options: BatchOptions, givesLabels: Bool, host: Host, seed: UInt64?) {
    (self.dataset, self.options, self.givesLabels) = (dataset, options, givesLabels)
    (self.host, self.seed) = (host, seed)
  }

  override var typeName: String { "batches" }
  override func summary(width: Int) -> String {
    "batches: \(elementCount ?? 0) of \(options.size) images"
  }
  override var elementCount: Int? {
    options.dropsLast
      ? dataset.count / options.size : (dataset.count + options.size - 1) / options.size
  }
  override func makeIterator(machine: Machine) throws -> (any ValueIterator)? {
    var stream = seed.map { RandomSource(seed: $0) } ?? host.random.next()
    return BatchIterator(
      try BatchLoader(dataset, options, random: &stream), givesLabels: givesLabels, host)
  }
}

private final class BatchIterator: ValueIterator {
  private let loader: BatchLoader
  private let givesLabels: Bool
  private let host: Host

  init(_ loader: BatchLoader, givesLabels: Bool, _ host: Host) {
    (self.loader, self.givesLabels, self.host) = (loader, givesLabels, host)
  }

  func next() throws -> Value? {
    host.refreshProgress()
    guard let batch = try loader.next() else { return nil }
    guard givesLabels else { return Tensors.owned(batch.images) }
    let record = RecordObject()
    record.set("images", TensorObject(batch.images))
    if let labels = batch.labels { record.set("labels", TensorObject(labels)) }
    return .owning(record)
  }
}

/// Loading images and going through them.
enum DataFunctions {
  private static let group = "data"

  static func functions(_ host: Host) -> [NativeFunction] {
    [load(host), batches(host), split(host), take()]
  }

  private static func load(_ host: Host) -> NativeFunction {
    NativeFunction(
      "load",
      "path: string, split=\"train\" \"train\" or \"test\", n=nil number, size=nil number, per_class=nil number, seed=0 number, on_disk=false bool",
      group: group,
      summary: "Images from a folder, one image from a file, or what `save` wrote.",
      details: """
        path: "shapes" (built-in labelled images of ten classes, 32 x 32), a folder of class folders
        or of .jpg and .png files, CIFAR-10's or CIFAR-100's binary files, one .jpg or .png file, or
        a .safetensors file that `save` wrote.
        split: "train" or "test"; a folder has both if it holds train and test, or train and val.
        n: at most so many images, chosen at random; of "shapes" 2000 unless given.
        size: scale and cut every image to size x size pixels; needed where they differ.
        per_class: at most so many of each class.
        seed: which images n chooses, and which shapes are drawn.
        on_disk: whether files are decoded anew each time that their images are asked for, a batch
        at a time; random crops then come from a photograph's own pixels. For sets that the memory
        does not hold; needs size.
        Gives a data set (fields images, labels, classes, count, size, shape); of one image file a
        tensor [3, H, W], pixels 0 to 1; of .safetensors the value.
        """,
      example: "load(\"shapes\", n: 100).shape  # => [100, 3, 32, 32]",
      related: ["save", "batches", "split", "images"]
    ) { call in
      let path = FilePath.expanded(try call.string(0))
      let isTraining = try call.word(1, default: "train") == "train"
      let onDisk = try call.flag(6, default: false)
      func refuseDisk(_ what: String) throws {
        guard onDisk else { return }
        throw Diagnosis(
          "E107", "on_disk: is for a folder of images; \(what)", arguments: [(6, "")])
      }
      if path == "shapes" {
        try refuseDisk("these are drawn, not read")
        let count = try call.integer(2, default: 2000, in: 1...10_000_000)
        let seed = UInt64(try call.integer(5, default: 0, in: 0...Int.max))
        // Bytes, of which the memory holds four times as many as of the numbers that `countMax` counts.
        guard count * 3 * 32 * 32 <= 4 * Shape.countMax else {
          throw ShapeError.tooLarge([count, 3, 32, 32])
        }
        let machine = call.machine
        let line = ProgressLine(host, title: "drawing shapes", total: count)
        defer { line.finish() }
        return .owning(
          DatasetObject(
            try Shapes.load(count: count, isTraining: isTraining, seed: seed) { done in
              try machine.checkInterrupt()
              line.update(done)
            }))
      }
      let isFile = try isFile(path)
      if isFile { try refuseDisk("\(path) is a file") }
      if isFile, path.lowercased().hasSuffix(".safetensors") { return try SavedValues.load(path) }
      let size = call.has(3) ? try call.integer(3, in: 1...16384) : nil
      if isFile, path.lowercased().hasSuffix(".csv") {
        throw Diagnosis(
          "E140", "\(path) is a table as text, which is for other programs", arguments: [(0, "")],
          hint: "save(table, \"\(path.dropLast(4)).safetensors\"), which can be loaded again")
      }
      if isFile {
        let image = try ImageFile.read(path)
        // Bicubic weights overshoot: rounding to bytes keeps pixels within 0 ... 1.
        let pixels =
          size.map { Resampling.centerCrop(image, size: $0).converted(to: .uint8) } ?? image
        return Tensors.owned(pixels.scaled(by: 1 / 255))
      }
      var dataset: Dataset
      var line: ProgressLine?
      defer { line?.finish() }
      let machine = call.machine
      func progress(_ done: Int, _ total: Int) throws -> Bool {
        try machine.checkInterrupt()
        if line == nil { line = ProgressLine(host, title: "reading images", total: total) }
        line?.update(done)
        return true
      }
      let perClass = call.has(4) ? try call.integer(4, in: 1...Int.max) : nil
      let count = call.has(2) ? try call.integer(2, in: 1...Int.max) : nil
      var random = RandomSource(seed: UInt64(try call.integer(5, default: 0, in: 0...Int.max)))
      func chosen(_ total: Int) -> [Int] {
        count.map { random.sample(min($0, total), below: total).sorted() } ?? Array(0..<total)
      }
      if CIFAR10.isFolder(path) || CIFAR100.isFolder(path) {
        try refuseDisk("\(path) holds CIFAR's binary files, which fit in memory")
        dataset =
          CIFAR10.isFolder(path)
          ? try CIFAR10.load(path, isTraining: isTraining, progress: progress)
          : try CIFAR100.load(path, isTraining: isTraining, progress: progress)
        if let perClass { dataset = try dataset.perClass(perClass) }
        if count != nil { dataset = try dataset.subset(chosen(dataset.count)) }
      } else {
        let part = ImageFolder.part(path, isTraining: isTraining)
        if part == nil, call.has(1) {
          throw DatasetError.noSplit(path: path, split: isTraining ? "train" : "test")
        }
        dataset = try ImageFolder.load(
          part ?? path, size: size, perClass: perClass, onDisk: onDisk, choose: chosen,
          pulse: machine.checkInterrupt, progress: progress)
      }
      return .owning(DatasetObject(dataset, machine: machine))
    }
  }

  /// Whether a path leads to a file, not a folder.
  static func isFile(_ path: String) throws -> Bool {
    var status = stat()
    if stat(path, &status) == 0 { return status.st_mode & S_IFMT != S_IFDIR }
    guard errno == ENOENT else {
      throw ImageError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    var diagnosis = DatasetError.missing(path: path).diagnosis
    diagnosis.hint = FilePath.neighbour(of: path).map { "`load(\"\($0)\")`." }
      ?? "`load(\"shapes\")` is built in; a path leads to a folder of images or to a saved file."
    throw diagnosis
  }

  /// A data set, or a tensor of images as one.
  static func dataset(_ call: Call, _ index: Int) throws -> Dataset {
    if let object = call[index].object as? DatasetObject { return object.dataset }
    guard let tensor = call[index].object as? TensorObject, tensor.array.rank == 4 else {
      throw call.wrongType(index, wanted: "a data set or a tensor of images N x 3 x H x W")
    }
    return Dataset(
      name: "images", images: tensor.array.scaled(by: 255).converted(to: .uint8), labels: nil,
      classes: [])
  }

  private static func batches(_ host: Host) -> NativeFunction {
    NativeFunction(
      "batches",
      "data: dataset, size= number, shuffle=true bool, augment=false bool, labels=false bool, drop_last=true bool, seed=nil number",
      group: group,
      summary: "Images in batches, to go through with `for`.",
      details: """
        They are made ahead, on another thread. A tensor of images is taken at 8 bits a pixel.
        data: a data set, or images [N, 3, H, W].
        size: images of a batch, 1 or more.
        shuffle: whether each loop has a new order, from the random stream.
        augment: whether each image is a random crop (20% to 100% of the area, scaled back) and may
        be flipped.
        labels: whether to give records (images, labels).
        drop_last: whether an incomplete last batch is left out.
        seed: a whole number: an order of these batches' own.
        Gives batches for `for`, each [size, 3, H, W], pixels 0 to 1; len(...) is how many.
        """,
      example: "for b in batches(load(\"shapes\", n: 40), size: 20) { print(b.shape) }",
      related: ["load", "progress", "images"]
    ) { call in
      let dataset = try dataset(call, 0)
      var options = BatchOptions(size: try call.integer(1, in: 1...(1 << 24)))
      options.isShuffled = try call.flag(2, default: true)
      options.isAugmented = try call.flag(3, default: false)
      options.dropsLast = try call.flag(5, default: true)
      let givesLabels = try call.flag(4, default: false)
      if givesLabels, dataset.labels == nil {
        throw Diagnosis("E140", "batches: \(dataset.name) has no labels", arguments: [(0, "")])
      }
      if options.dropsLast, options.size > dataset.count {
        throw DatasetError.option(
          "a batch of \(options.size) of only \(dataset.count) images; a smaller size:, or drop_last: false"
        )
      }
      let seed = call.has(6) ? UInt64(try call.integer(6, in: 0...Int.max)) : nil
      return .owning(
        BatchesObject(dataset, options, givesLabels: givesLabels, host: host, seed: seed))
    }
  }

  private static func split(_ host: Host) -> NativeFunction {
    NativeFunction(
      "split", "x: dataset or string, by?: number or string, seed=nil number", group: group,
      summary:
        "A data set in two random parts with the same share of each class, or a string in words.",
      details: """
        x: a data set, or a string.
        by: of a data set the share of the first part, such as 80%; of a string what parts it,
        blanks and line breaks when left out.
        seed: a whole number: a choice of this call's own.
        Gives a list of two data sets, or a list of strings.
        """,
      example: """
        let (train, test) = split(load("shapes", n: 100), 80%, seed: 1)
        [len(train), len(test)]  # => [80, 20]
        split("a,b", ",")  # => ["a", "b"]
        """,
      related: ["load", "sample", "join"]
    ) { call in
      if let text = call[0].string {
        return CoreText.split(text.string, separator: call.has(1) ? try call.string(1) : "")
      }
      let data = try call.object(0, as: DatasetObject.self, wanted: "a data set or a string")
      guard call.has(1) else { throw call.wrongType(1, wanted: "a share, such as 80%") }
      let share = try call.number(1, in: 0...1, wanted: "0 % to 100 %, such as 80%")
      return try Randomness.withStream(call, 2, host) { stream in
        let (first, second) = try data.dataset.split(share: share, random: &stream)
        let list = ListObject()
        list.append(DatasetObject(first, machine: call.machine))
        list.append(DatasetObject(second, machine: call.machine))
        return .owning(list)
      }
    }
  }

  private static func take() -> NativeFunction {
    NativeFunction(
      "take", "data: dataset, n: number", group: group,
      summary: "The first images of a data set, or the first items of a list.",
      details: """
        data: a data set or a list.
        n: at most so many, 0 or more.
        Gives a data set, or a list.
        """,
      example: "take([1, 2, 3], 2)  # => [1, 2]",
      related: ["split", "sample", "indexing"]
    ) { call in
      if let list = call[0].list {
        return .owning(ListObject(Array(list.values.prefix(try call.integer(1, in: 0...Int.max)))))
      }
      let data = try call.object(0, as: DatasetObject.self, wanted: "a data set or a list").dataset
      let count = min(try call.integer(1, in: 0...Int.max), data.count)
      return .owning(DatasetObject(try data.subset(Array(0..<count)), machine: call.machine))
    }
  }
}
