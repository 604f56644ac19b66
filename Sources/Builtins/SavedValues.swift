import Arrays
import Autograd
import FoundationEssentials
import Images
import Interpreter
import Layers
import MaskedModeling
import Training

/// Values in files: tensors as safetensors, the structure around them as JSON in its metadata.
enum SavedValues {
  /// One value of the structure.
  private struct Node: Codable {
    var type: String
    var text: String?
    var names: [String]?
    var items: [Node]?
    var config: [String: Double]?
  }

  private final class Writer {
    var tensors: [(name: String, array: NDArray)] = []
    /// The tensor of each parameter, for the optimisers that train it.
    private var places: [ObjectIdentifier: String] = [:]

    /// More levels than any model has; a value that holds itself has no end of them.
    private static let depthMax = 200

    /// Where the parameters of a value will be, whatever the order of what holds them.
    func locate(_ value: Value, _ path: String, depth: Int = 0) throws {
      guard depth < Self.depthMax else {
        throw Diagnosis(
          "E144", "save: the value is nested deeper than \(Self.depthMax) levels, or holds itself",
          arguments: [(0, "")])
      }
      func child(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
      func put(_ parameter: Parameter, _ place: String) {
        places[ObjectIdentifier(parameter), default: place] = place
      }
      switch value.object {
      case let parameter as ParameterObject: put(parameter.parameter, path.isEmpty ? "value" : path)
      case let layer as LayerObject:
        for item in layer.layer.parameters { put(item.parameter, child(item.name)) }
      case let list as ListObject:
        for (index, item) in list.values.enumerated() {
          try locate(item, child(String(index)), depth: depth + 1)
        }
      case let record as RecordObject:
        for field in record.fields {
          try locate(field.value, child(field.name), depth: depth + 1)
        }
      default: break
      }
    }

    private func node(_ optimiser: OptimiserObject, _ path: String) throws -> Node {
      let adamw = optimiser.optimiser
      let places = try adamw.parameters.map { parameter in
        guard let place = self.places[ObjectIdentifier(parameter)] else {
          throw Diagnosis(
            "E144", "save: the optimiser is saved without the network that it trains",
            arguments: [(0, "")], hint: "`save((net: net, opt: opt), \"run.safetensors\")`.")
        }
        return Node(type: "string", text: place)
      }
      let state = adamw.state
      let prefix = path.isEmpty ? "adamw" : path
      for index in places.indices {
        tensors.append(("\(prefix).m.\(index)", state.firstMoments[index]))
        tensors.append(("\(prefix).v.\(index)", state.secondMoments[index]))
      }
      return Node(
        type: "adamw", text: prefix, names: optimiser.names, items: places,
        config: [
          "lr": adamw.learningRate, "decay": adamw.decay, "beta1": adamw.betas.0,
          "beta2": adamw.betas.1, "eps": adamw.epsilon, "steps": Double(state.stepCount),
        ])
    }

    func tensor(_ array: NDArray, _ path: String) -> String {
      let name = path.isEmpty ? "value" : path
      tensors.append((name, array))
      return name
    }

    func node(_ value: Value, _ path: String) throws -> Node {
      func child(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
      if let number = value.number { return Node(type: "number", text: number.description) }
      if value.isBool { return Node(type: "bool", text: value.isTrue ? "true" : "false") }
      if value.isNone { return Node(type: "nil") }
      switch value.object {
      case let string as StringObject: return Node(type: "string", text: string.string)
      case let tensor as TensorObject:
        return Node(type: "tensor", text: self.tensor(tensor.array, path))
      case let parameter as ParameterObject:
        return Node(
          type: "parameter", text: tensor(parameter.parameter.value, path),
          config: ["decay": parameter.parameter.decays ? 1 : 0])
      case let layer as LayerObject:
        for item in layer.layer.parameters { _ = tensor(item.parameter.value, child(item.name)) }
        return Node(type: "layer", text: layer.kind, names: [path], config: layer.config)
      case let tokenizer as TokenizerObject:
        let t = tokenizer.tokenizer
        return Node(
          type: "tokenizer", text: tensor(t.centroids, child("centroids")),
          items: [
            Node(type: "numbers", text: t.history.map(\.description).joined(separator: " ")),
            Node(type: "numbers", text: t.counts.map(String.init).joined(separator: " ")),
          ], config: ["patch": Double(t.patch), "seconds": t.seconds])
      case let table as TableObject:
        let rows = try (0..<(table.elementCount ?? 0)).map { index in
          try node(try table.index([.value(Value(index))]), child(String(index)))
        }
        return Node(type: "table", names: table.columns, items: rows)
      case let optimiser as OptimiserObject: return try node(optimiser, path)
      case let list as ListObject:
        return Node(
          type: "list", items: try list.values.enumerated().map { try node($1, child(String($0))) })
      case let record as RecordObject:
        return Node(
          type: "record", names: record.fields.map(\.name),
          items: try record.fields.map { try node($0.value, child($0.name)) })
      default:
        throw Diagnosis(
          "E144", "save: \(Display.described(value)) cannot be saved in a .safetensors file",
          arguments: [(0, "")],
          notes: [
            "Numbers, strings, tensors, layers, optimisers, tokenizers, tables, and lists and records of these can."
          ])
      }
    }
  }

  static func save(_ value: Value, to path: String) throws {
    let writer = Writer()
    try writer.locate(value, "")
    let root = try writer.node(value, "")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let structure = String(decoding: try encoder.encode(root), as: UTF8.self)
    let bytes = try Safetensors.encode(
      writer.tensors, metadata: ["format": "ccv", "structure": structure])
    try AtomicFile.write(bytes, to: path)
  }

  /// The value; a file of another program gives a record of its tensors.
  static func load(_ path: String) throws -> Value {
    let (tensors, metadata) = try Safetensors.decode(path)
    guard let structure = metadata["structure"] else {
      let record = RecordObject()
      for name in tensors.keys.sorted() {
        if let array = tensors[name] { record.set(name, TensorObject(array)) }
      }
      return .owning(record)
    }
    guard let root = try? JSONDecoder().decode(Node.self, from: Data(structure.utf8)) else {
      throw SafetensorsError.damaged(path: path, reason: "its structure is not what ccv writes")
    }
    do {
      let reader = Reader(path: path, tensors: tensors)
      try reader.makeParameters(root)
      return try reader.value(root)
    } catch let error as SafetensorsError {
      throw error
    } catch let error as Diagnosis {
      throw SafetensorsError.damaged(path: path, reason: error.message)
    } catch let error as any DiagnosableError {
      throw SafetensorsError.damaged(path: path, reason: error.diagnosis.message)
    }
  }

  private final class Reader {
    let path: String
    let tensors: [String: NDArray]
    /// Layers and single parameters by their place, and every parameter by its tensor's name.
    private var layers: [String: LayerObject] = [:]
    private var single: [String: ParameterObject] = [:]
    private var parameters: [String: Parameter] = [:]

    init(path: String, tensors: [String: NDArray]) {
      (self.path, self.tensors) = (path, tensors)
    }

    /// What is trained is made before what trains it, whichever comes first in the file.
    func makeParameters(_ node: Node) throws {
      switch node.type {
      case "parameter":
        let parameter = Parameter(try tensor(node.text), decays: node.config?["decay"] != 0)
        single[node.text ?? ""] = ParameterObject(parameter)
        parameters[node.text ?? ""] = parameter
      case "layer":
        let (layer, prefix) = (try layer(node), node.names?.first ?? "")
        layers[prefix] = layer
        for item in layer.layer.parameters {
          parameters[prefix.isEmpty ? item.name : prefix + "." + item.name] = item.parameter
        }
      case "list", "record", "table": for item in node.items ?? [] { try makeParameters(item) }
      default: break
      }
    }

    func tensor(_ name: String?) throws -> NDArray {
      guard let name, let array = tensors[name] else {
        throw SafetensorsError.damaged(path: path, reason: "tensor \(name ?? "?") is missing")
      }
      return array
    }

    func numbers(_ node: Node?) -> [Double] {
      (node?.text ?? "").split(separator: " ").compactMap { Double($0) }
    }

    func damaged(_ reason: String) -> SafetensorsError { .damaged(path: path, reason: reason) }

    func value(_ node: Node) throws -> Value {
      switch node.type {
      case "number": return Value(try number(node.text))
      case "bool": return Value(node.text == "true")
      case "nil": return .none
      case "string": return .string(node.text ?? "")
      case "tensor": return Tensors.owned(try tensor(node.text))
      case "parameter":
        guard let parameter = single[node.text ?? ""] else { throw damaged("a parameter is lost") }
        return .owning(parameter)
      case "layer":
        guard let layer = layers[node.names?.first ?? ""] else { throw damaged("a layer is lost") }
        return .owning(layer)
      case "adamw": return .owning(try optimiser(node))
      case "tokenizer": return .owning(TokenizerObject(try tokenizer(node)))
      case "table": return .owning(try table(node))
      case "list": return .owning(try list(node))
      case "record": return .owning(try record(node))
      default: throw damaged("it holds a \"\(node.type)\", which this version does not know")
      }
    }

    private func number(_ text: String?) throws -> Double {
      guard let number = Double(text ?? "") else { throw damaged("\"\(text ?? "")\" is no number") }
      return number
    }

    private func layer(_ node: Node) throws -> LayerObject {
      let layer = try LayerFactory.make(node.text ?? "", node.config ?? [:])
      let prefix = node.names?.first ?? ""
      for item in layer.layer.parameters {
        let array = try tensor(prefix.isEmpty ? item.name : prefix + "." + item.name)
        guard array.shape == item.parameter.shape else {
          throw damaged("\(item.name) is \(array.shape), wanted \(item.parameter.shape)")
        }
        item.parameter.value = array.converted(to: .float32)
      }
      return layer
    }

    private func optimiser(_ node: Node) throws -> OptimiserObject {
      let config = node.config ?? [:]
      guard let steps = Int(exactly: config["steps"] ?? 0), steps >= 0 else {
        throw damaged("an optimiser of \(config["steps"] ?? 0) steps")
      }
      let trained = try (node.items ?? []).map { item in
        guard let parameter = parameters[item.text ?? ""] else {
          throw damaged("the optimiser's parameter \(item.text ?? "?") is missing")
        }
        return parameter
      }
      let adamw = try AdamW(
        trained, learningRate: config["lr"] ?? 1e-3, decay: config["decay"] ?? 0,
        betas: (config["beta1"] ?? 0.9, config["beta2"] ?? 0.98), epsilon: config["eps"] ?? 1e-8)
      let prefix = node.text ?? ""
      try adamw.resume(
        AdamW.State(
          stepCount: steps,
          firstMoments: trained.indices.map { try tensor("\(prefix).m.\($0)") },
          secondMoments: trained.indices.map { try tensor("\(prefix).v.\($0)") }))
      return OptimiserObject(adamw, names: node.names ?? [])
    }

    private func tokenizer(_ node: Node) throws -> CentroidTokenizer {
      guard let patch = Int(exactly: node.config?["patch"] ?? 1), (1...4096).contains(patch) else {
        throw damaged("a patch of \(node.config?["patch"] ?? 1) pixels, wanted 1 to 4096")
      }
      let counts = try numbers(node.items?.last).map { number in
        guard let count = Int(exactly: number) else { throw damaged("\(number) is no count") }
        return count
      }
      return try CentroidTokenizer(
        centroids: try tensor(node.text), patch: patch, history: numbers(node.items?.first),
        counts: counts, seconds: node.config?["seconds"] ?? 0)
    }

    private func table(_ node: Node) throws -> TableObject {
      let table = TableObject(node.names ?? [])
      for row in node.items ?? [] {
        let fields = try zip(row.names ?? [], row.items ?? []).map { ($0, try value($1)) }
        table.append(fields)
        for field in fields { field.1.release() }
      }
      return table
    }

    private func list(_ node: Node) throws -> ListObject {
      let list = ListObject()
      for item in node.items ?? [] {
        let element = try value(item)
        list.append(element)
        element.release()
      }
      return list
    }

    private func record(_ node: Node) throws -> RecordObject {
      let record = RecordObject()
      for (name, item) in zip(node.names ?? [], node.items ?? []) {
        let field = try value(item)
        record[name] = field
        field.release()
      }
      return record
    }
  }
}

/// Saving.
enum FileFunctions {
  static func functions(_ host: Host) -> [NativeFunction] { [save(host)] }

  private static func save(_ host: Host) -> NativeFunction {
    NativeFunction(
      "save", "x: any, path: string", group: "data",
      summary: "Writes a value to a file, whole or not at all.",
      details: """
        .safetensors keeps tensors, layers, parameters, optimisers, tokenizers, tables, and records
        and lists of them; `load` gives them back the same. .png and .jpg are for pictures, images
        and tokenizers, .png and .svg for figures, .csv for tables. The file appears under its name
        when it is complete.
        x: the value; (net: net, opt: opt) keeps a run that can go on.
        path: where to; its ending says the format. Missing folders are made, `~` is your home.
        Gives the path.
        """,
      example: """
        save([1, 2, 3], "numbers.safetensors")
        load("numbers.safetensors")  # => [1, 2, 3]
        """,
      related: ["load", "show", "plot", "saving"]
    ) { call in
      let path = FilePath.expanded(try call.string(1))
      do {
        try write(call, to: path, host)
      } catch let error as ImageError {
        throw error.diagnosis(path: 1)
      }
      return .string(path)
    }
  }

  private static func write(_ call: Call, to path: String, _ host: Host) throws {
    let ending = path.lowercased().split(separator: ".").last ?? ""
    switch ending {
    case "safetensors": try SavedValues.save(call[0], to: path)
    case "csv":
      let table = try call.object(0, as: TableObject.self, wanted: "a table, for a .csv file")
      try AtomicFile.write(Array(table.csv.utf8), to: path)
    case "png", "svg", "jpg", "jpeg":
      let figure = PictureFunctions.figure(of: call[0])
      if let figure, ending == "png" || ending == "svg" {
        try PictureFunctions.write(figure, to: path, host)
      } else if figure == nil, ending != "svg" {
        let picture = call[0].object as? PictureObject
        try PictureFile.write(
          try picture
            ?? PictureObject(try PictureFunctions.pixels(call, 0, columns: nil), title: ""),
          to: path, host)
      } else {
        let kinds =
          figure == nil
          ? "a figure, for a .svg file" : "a picture; a figure is saved as .png or .svg"
        throw call.wrongType(0, wanted: kinds)
      }
    default:
      let endings = endings(for: call[0])
      throw Diagnosis(
        "E144", "save: the ending of \"\(path)\" says nothing about the kind of file",
        arguments: [(1, "")],
        hint: "`\"\(stem(of: path)).\(endings[0])\"`"
          + (endings.count > 1 ? ", or .\(endings.dropFirst().joined(separator: ", ."))." : "."))
    }
  }

  /// The kinds of files that a value can become, the usual one first.
  private static func endings(for value: Value) -> [String] {
    if PictureFunctions.figure(of: value) != nil { return ["png", "svg"] }
    switch value.object {
    case is PictureObject: return ["png", "jpg"]
    case is TableObject: return ["csv", "safetensors"]
    case is TensorObject: return ["safetensors", "png", "jpg"]
    default: return ["safetensors"]
    }
  }

  /// A path without an ending of a few letters, such as .pt.
  private static func stem(of path: String) -> String {
    guard let dot = path.lastIndex(of: "."), dot > path.startIndex else { return path }
    let ending = path[dot...].dropFirst()
    return 1...5 ~= ending.count && ending.allSatisfy { $0.isLetter || $0.isNumber }
      ? String(path[..<dot]) : path
  }
}
