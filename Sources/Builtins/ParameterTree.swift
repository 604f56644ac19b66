import Arrays
import Autograd
import Layers
import Syntax

/// The parameters of a layer by the parts of their names: `attn.qkv.weight` stands below `attn` and `qkv`.
struct ParameterTree {
  private let parameters: [NamedParameter]

  init(_ parameters: [NamedParameter]) {
    self.parameters = parameters
  }

  /// One line a part with its count, one a parameter with its shape.
  var lines: [String] {
    let rows = rows(
      parameters.map { (path: $0.name.split(separator: ".")[...], parameter: $0) }, depth: 0)
    let width = rows.map { displayWidth(of: $0.name) }.max() ?? 0
    return rows.map { padded($0.name, to: width) + "  " + $0.note }
  }

  private typealias Leaf = (path: ArraySlice<Substring>, parameter: NamedParameter)

  private func rows(_ leaves: [Leaf], depth: Int) -> [(name: String, note: String)] {
    let indent = String(repeating: " ", count: 2 * depth)
    var order: [Substring] = [], groups: [Substring: [Leaf]] = [:]
    for leaf in leaves {
      guard let head = leaf.path.first else { continue }
      if groups[head] == nil { order.append(head) }
      groups[head, default: []].append((leaf.path.dropFirst(), leaf.parameter))
    }
    return order.flatMap { head -> [(name: String, note: String)] in
      let group = groups[head] ?? []
      if group.count == 1, group[0].path.isEmpty {
        return [("\(indent)\(head)", group[0].parameter.parameter.shape.description)]
      }
      let count = group.reduce(0) { $0 + $1.parameter.parameter.value.count }
      return [("\(indent)\(head)", "\(TextNumber.grouped(count)) parameters")]
        + rows(group, depth: depth + 1)
    }
  }
}
