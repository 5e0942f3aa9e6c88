import PithGraph

extension Graph {
  /// The same graph with values that nobody reads dropped, the rest renumbered in the order of their use, and every
  /// name that two values share given to one of them only: inputs and outputs of the graph come first.
  func compacted() throws -> Graph {
    var result = Graph(name: name)
    result.metadata = metadata
    var renumbered: [ValueID: ValueID] = [:]
    var taken: Set<String> = []
    for id in inputs + outputs where !self[id].name.isEmpty { taken.insert(self[id].name) }
    let fixedNames = Set(inputs + outputs)

    func uniqueName(_ id: ValueID) -> String {
      let name = self[id].name
      if name.isEmpty || fixedNames.contains(id) || taken.insert(name).inserted { return name }
      var number = 1
      while !taken.insert("\(name)_\(number)").inserted { number += 1 }
      return "\(name)_\(number)"
    }
    func move(_ id: ValueID) -> ValueID {
      if let known = renumbered[id] { return known }
      let name = uniqueName(id)
      let new = self[id].constant.map { result.addConstant(name, $0) } ?? result.addValue(name)
      result.update(new) { $0.type = self[id].type }
      renumbered[id] = new
      return new
    }

    for id in inputs {
      guard let type = self[id].type else { throw GraphError("input '\(self[id].name)' has no type") }
      renumbered[id] = result.addInput(self[id].name, type)
    }
    for node in nodes {
      let operands = node.inputs.map { $0.map(move) }
      result.addNode(node.op, inputs: operands, outputs: node.outputs.map(move), name: node.name)
    }
    for id in outputs { result.markOutput(move(id)) }
    return result
  }
}
