import Arrays
import Autograd
import FoundationEssentials
import Images
import Interpreter
import Layers
import MaskedModeling

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
      case let tensor as TensorObject: return Node(type: "tensor", text: self.tensor(tensor.array, path))
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
          try node(try table.index([.value(Value(index))]), "")
        }
        return Node(type: "table", names: table.columns, items: rows)
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
          notes: ["Numbers, strings, tensors, layers, tokenizers, tables, and lists and records of these can."])
      }
    }
  }

  static func save(_ value: Value, to path: String) throws {
    let writer = Writer()
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
    return try Reader(path: path, tensors: tensors).value(root)
  }

  private struct Reader {
    let path: String
    let tensors: [String: NDArray]

    func tensor(_ name: String?) throws -> NDArray {
      guard let name, let array = tensors[name] else {
        throw SafetensorsError.damaged(path: path, reason: "tensor \(name ?? "?") is missing")
      }
      return array
    }

    func numbers(_ node: Node?) -> [Double] {
      (node?.text ?? "").split(separator: " ").compactMap { Double($0) }
    }

    func value(_ node: Node) throws -> Value {
      switch node.type {
      case "number": return Value(Double(node.text ?? "") ?? .nan)
      case "bool": return Value(node.text == "true")
      case "string": return .string(node.text ?? "")
      case "tensor": return Tensors.owned(try tensor(node.text))
      case "parameter":
        return .owning(
          ParameterObject(
            Parameter(try tensor(node.text), decays: node.config?["decay"] != 0)))
      case "layer":
        let layer = try LayerFactory.make(node.text ?? "", node.config ?? [:])
        let prefix = node.names?.first ?? ""
        for item in layer.layer.parameters {
          let array = try tensor(prefix.isEmpty ? item.name : prefix + "." + item.name)
          guard array.shape == item.parameter.shape else {
            throw SafetensorsError.damaged(
              path: path, reason: "\(item.name) is \(array.shape), wanted \(item.parameter.shape)")
          }
          item.parameter.value = array.converted(to: .float32)
        }
        return .owning(layer)
      case "tokenizer":
        return .owning(
          TokenizerObject(
            try CentroidTokenizer(
              centroids: try tensor(node.text), patch: Int(node.config?["patch"] ?? 1),
              history: numbers(node.items?.first), counts: numbers(node.items?.last).map { Int($0) },
              seconds: node.config?["seconds"] ?? 0)))
      case "table":
        let table = TableObject(node.names ?? [])
        for row in node.items ?? [] {
          let fields = try zip(row.names ?? [], row.items ?? []).map { ($0, try value($1)) }
          table.append(fields)
          for field in fields { field.1.release() }
        }
        return .owning(table)
      case "list":
        let list = ListObject()
        for item in node.items ?? [] {
          let element = try value(item)
          list.append(element)
          element.release()
        }
        return .owning(list)
      case "record":
        let record = RecordObject()
        for (name, item) in zip(node.names ?? [], node.items ?? []) {
          let field = try value(item)
          record[name] = field
          field.release()
        }
        return .owning(record)
      default: return .none
      }
    }
  }
}

/// Saving.
enum FileFunctions {
  static func functions(_ host: Host) -> [NativeFunction] { [save(host)] }

  private static func save(_ host: Host) -> NativeFunction {
    NativeFunction(
      "save", "x: any, path: string", group: "data",
      summary: "Writes a value to a file, whole or not at all; gives the value.",
      details:
        ".safetensors: tensors, layers, tokenizers, tables, records and lists of these, which load(...) gives back the same. .png: pictures, images, tokenizers, figures. .svg: figures. .csv: tables. The file appears under its name when it is complete; missing folders are made.",
      example: "", related: ["load", "show", "plot"]
    ) { call in
      let path = try call.string(1)
      let ending = path.lowercased().split(separator: ".").last ?? ""
      switch ending {
      case "safetensors": try SavedValues.save(call[0], to: path)
      case "csv":
        let table = try call.object(0, as: TableObject.self, wanted: "a table, for a .csv file")
        try AtomicFile.write(Array(table.csv.utf8), to: path)
      case "png", "svg":
        if let figure = PictureFunctions.figure(of: call[0]) {
          try PictureFunctions.write(figure, to: path, host)
        } else if ending == "png" {
          try ImageFile.write(try PictureFunctions.pixels(call, 0, columns: nil), to: path)
        } else {
          throw call.wrongType(0, wanted: "a figure, for a .svg file")
        }
      default:
        throw Diagnosis(
          "E144", "save: the ending of \"\(path)\" says nothing about the kind of file",
          arguments: [(1, "")], hint: "`\"\(path).safetensors\"`, or .png, .svg, .csv.")
      }
      return call[0].retained()
    }
  }
}
