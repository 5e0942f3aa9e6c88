import PithGraph

extension RewriteContext {
  func type(_ node: Node, _ index: Int) -> ValueType? {
    guard index < node.inputs.count, let id = node.inputs[index] else { return nil }
    return graph[id].type
  }

  func shape(_ node: Node, _ index: Int) -> Shape? { type(node, index)?.shape }

  /// The type of a node's first output.
  func outputType(_ node: Node) -> ValueType? { node.outputs.first.flatMap { graph[$0].type } }

  /// Whether the operand is there at all.
  func has(_ node: Node, _ index: Int) -> Bool { index < node.inputs.count && node.inputs[index] != nil }

  func isRead(_ id: ValueID) -> Bool { consumers[id]?.isEmpty == false || graph.outputs.contains(id) }

  /// The node that computes an operand, where that node is an `Op` with one output.
  func producer<Op: Operator>(_ node: Node, _ index: Int, as: Op.Type) -> (node: Node, op: Op)? {
    guard let producer = producer(node, index), let op = producer.op as? Op, producer.outputs.count == 1
    else { return nil }
    return (producer, op)
  }

  /// The node that computes an operand for this node alone, where it is an `Op`.
  func soleProducer<Op: Operator>(_ node: Node, _ index: Int, as: Op.Type) -> (node: Node, op: Op)? {
    guard let found = producer(node, index, as: Op.self), onlyConsumer(found.node.outputs[0]) != nil else {
      return nil
    }
    return found
  }

  /// The one reader of a node's one output, where it is an `Op`.
  func soleReader<Op: Operator>(_ node: Node, as: Op.Type) -> (node: Node, op: Op)? {
    guard node.outputs.count == 1, let reader = onlyConsumer(node.outputs[0]), let op = reader.op as? Op
    else {
      return nil
    }
    return (reader, op)
  }

  /// The value of a constant operand of one float32 element.
  func scalar(_ node: Node, _ index: Int) -> Float? {
    guard let floats = constant(node, index)?.floats, floats.count == 1 else { return nil }
    return floats[0]
  }

  /// The elements of a constant integer operand, or of one whose elements inference knows; nil otherwise.
  func integers(_ node: Node, _ index: Int) -> [Int]? {
    if let constant = constant(node, index) { return constant.integers }
    guard let contents = type(node, index)?.contents else { return nil }
    let known = contents.compactMap(\.size)
    return known.count == contents.count ? known : nil
  }

  /// The name of an operand's value, or else one made of the node's.
  func name(_ node: Node, _ index: Int, or suffix: String) -> String {
    if has(node, index), let id = node.inputs[index], !graph[id].name.isEmpty { return graph[id].name }
    return "\(node.label).\(suffix)"
  }
}
