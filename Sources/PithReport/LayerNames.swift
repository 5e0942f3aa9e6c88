/// Short names for the narrow places of a report.
enum LayerNames {
  /// The name, or words that say that there is none.
  static func shown(_ name: String) -> String { name.isEmpty ? "(unnamed)" : name }

  /// The names without what repeats: exporters nest scopes, so that a layer of PyTorch's is called
  /// `/features/features.3/conv/conv.1/conv.1.0/Conv`, which reads as well as `features.3/conv.1.0`.
  ///
  /// - Parameters:
  ///   - names: the layers' names.
  ///   - operators: of each layer, such as `Conv+Relu`; an operator at the end of a name says it twice.
  /// - Returns: as many names; a name that would no longer be the only one of its kind stays in full, and an
  ///   empty one is "(unnamed)".
  static func shortened(_ names: [String], operators: [String]) -> [String] {
    let short = zip(names, operators).map(shortened)
    var uses: [String: Int] = [:]
    for name in short { uses[name, default: 0] += 1 }
    return zip(names, short).map { shown(uses[$1] == 1 ? $1 : $0) }
  }

  private static func shortened(_ name: String, operators: String) -> String {
    let parts = name.split(separator: "/")
    var kept: [Substring] = []
    for (index, part) in parts.enumerated() {
      let isScope = index + 1 < parts.count && parts[index + 1].hasPrefix(part + ".")
      if !isScope { kept.append(part) }
    }
    if kept.count > 1, let last = kept.last, operators.hasPrefix(last) { kept.removeLast() }
    return kept.isEmpty ? name : kept.joined(separator: "/")
  }
}

extension QuantizationReport {
  /// In the order of the layers.
  var shortNames: [String] {
    LayerNames.shortened(layers.map(\.name), operators: layers.map(\.operators))
  }
}
