extension Graph {
  /// Checks that the graph is one: every operand defined once and before its use, every output there, every type
  /// what inference says.
  /// - Throws: `GraphError` naming the first node that is wrong.
  public func verify() throws {
    var defined = Set(inputs)
    guard defined.count == inputs.count else { throw GraphError("an input is listed twice") }
    for index in values.indices where values[index].constant != nil { defined.insert(ValueID(index)) }
    for node in nodes {
      for case let input? in node.inputs {
        guard values.indices.contains(input.index) else {
          throw GraphError(node: node.label, "an operand does not exist")
        }
        guard defined.contains(input) else {
          throw GraphError(node: node.label, "operand '\(self[input].name)' is used before it is computed")
        }
      }
      for output in node.outputs {
        guard values.indices.contains(output.index) else {
          throw GraphError(node: node.label, "an output does not exist")
        }
        guard defined.insert(output).inserted else {
          throw GraphError(node: node.label, "value '\(self[output].name)' is computed twice")
        }
      }
    }
    guard !outputs.isEmpty else { throw GraphError("the graph has no outputs") }
    for output in outputs where !defined.contains(output) {
      guard values.indices.contains(output.index) else { throw GraphError("an output does not exist") }
      throw GraphError("output '\(self[output].name)' is never computed")
    }
    var copy = self
    try copy.inferTypes()
  }
}
