import PithGraph

extension Graph {
  /// A hash of what the graph computes: operators with their attributes, how they are connected, and constants.
  public var contentHash: UInt64 {
    var hash = ContentHash()
    for input in inputs { hash.add("\(input.index): \(self[input].type.map(\.description) ?? "")") }
    for node in nodes {
      hash.add("\(node.op)")
      hash.add(node.inputs.map { $0.map { String($0.index) } ?? "-" }.joined(separator: ","))
      hash.add(node.outputs.map { String($0.index) }.joined(separator: ","))
    }
    for output in outputs { hash.add(UInt64(output.index)) }
    for (index, value) in values.enumerated() {
      guard let constant = value.constant else { continue }
      hash.add(UInt64(index))
      hash.add("\(constant.shape)")
      constant.addBytes(to: &hash)
    }
    return hash.value
  }
}

extension Tensor {
  fileprivate func addBytes(to hash: inout ContentHash) {
    func add<Element>(_ values: [Element]) { values.withUnsafeBytes { hash.add($0) } }
    switch storage {
    case .float32(let values): add(values)
    case .float64(let values): add(values)
    case .int64(let values): add(values)
    case .int32(let values): add(values)
    case .int8(let values): add(values)
    case .uint8(let values): add(values)
    case .bool(let values): add(values)
    }
  }
}
