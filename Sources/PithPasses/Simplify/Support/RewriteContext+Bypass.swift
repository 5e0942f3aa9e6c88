import PithGraph

extension RewriteContext {
  /// A patch that removes a node whose first output always equals the value `x`, its other outputs unread.
  ///
  /// Where that output is one of the graph's, whoever computes `x` takes over its name; nil where nobody can, because
  /// `x` is an input of the graph or another of its outputs.
  func bypass(_ node: Node, with x: ValueID) -> Patch? {
    let y = node.outputs[0]
    guard node.outputs.dropFirst().allSatisfy({ !isRead($0) }), let before = graph[x].type,
      let after = graph[y].type, before.element == after.element, before.shape == after.shape
    else { return nil }
    var patch = Patch(graph)
    patch.remove(node.id)
    guard graph.outputs.contains(y) else {
      patch.replace(y, with: x)
      return patch
    }
    guard !graph.outputs.contains(x) else { return nil }
    if let constant = graph[x].constant {
      patch.replace(y, with: patch.addConstant(graph[y].name, constant))
      return patch
    }
    guard let producer = producers[x] else { return nil }
    patch.remove(producer.id)
    patch.addNode(
      producer.op, inputs: producer.inputs, outputs: producer.outputs.map { $0 == x ? y : $0 },
      name: producer.name)
    patch.replace(x, with: y)
    return patch
  }

  /// A patch that puts one node in the place of `removed`, computing the last one's output under the given name.
  func fuse(
    _ removed: [Node], into op: any Operator, inputs: [ValueID?], name: String,
    _ prepare: (inout Patch) -> [ValueID?]
  ) -> Patch {
    var patch = Patch(graph)
    for node in removed { patch.remove(node.id) }
    let more = prepare(&patch)
    patch.addNode(op, inputs: inputs + more, outputs: removed[removed.count - 1].outputs, name: name)
    return patch
  }

  /// The same without new constants.
  func fuse(_ removed: [Node], into op: any Operator, inputs: [ValueID?], name: String) -> Patch {
    fuse(removed, into: op, inputs: inputs, name: name) { _ in [] }
  }
}
