extension Graph {
  /// Infers the type of every value from the inputs' and constants' types.
  /// - Throws: `GraphError` that names the node whose operands do not fit.
  public mutating func inferTypes() throws {
    for input in inputs {
      guard let shape = self[input].type?.shape else {
        throw GraphError("input '\(self[input].name)' has no type")
      }
      guard shape.isWithinLimits else {
        throw GraphError("input '\(self[input].name)' of shape \(shape) is too large")
      }
    }
    for node in nodes {
      let types = try outputTypes(of: node)
      for (output, type) in zip(node.outputs, types) { update(output) { $0.type = type } }
    }
  }

  /// The types of a node's outputs, given those of its operands.
  /// - Throws: `GraphError` that names the node where its operands do not fit.
  public func outputTypes(of node: Node) throws -> [ValueType] {
    do {
      return try outputTypes(of: node.op, inputs: node.inputs, outputCount: node.outputs.count)
    } catch let error as GraphError {
      throw GraphError(node: node.label, error.message)
    }
  }

  /// The types of the outputs that an operator would have on these values, `outputCount` of them or more.
  /// - Throws: `GraphError` where the operands do not fit.
  public func outputTypes(
    of op: any Operator, inputs: [ValueID?], outputCount: Int
  ) throws -> [ValueType] {
    let operands = Operands(
      types: inputs.map { $0.flatMap { self[$0].type } },
      constants: inputs.map { $0.flatMap { self[$0].constant } })
    let arity = type(of: op).operandCount
    guard arity.contains(operands.count) else {
      throw GraphError(
        "\(op.name) has \(operands.count) operands, but takes \(arity.lowerBound) to \(arity.upperBound)")
    }
    for (index, input) in inputs.enumerated() where input != nil && operands.types[index] == nil {
      throw GraphError("operand \(index) is used before it is computed")
    }
    let types = try op.inferTypes(operands)
    guard types.count >= outputCount else {
      throw GraphError("\(op.name) has \(types.count) outputs, but \(outputCount) are used")
    }
    for type in types where !type.shape.isWithinLimits {
      throw GraphError("an output is too large: \(String(type.shape.description.prefix(200)))")
    }
    return types
  }

  /// A copy in which every axis called by one of these names has that size.
  /// - Throws: `GraphError` where the sizes do not fit the graph.
  public func specialized(_ sizes: [String: Int]) throws -> Graph {
    var copy = self
    for input in inputs {
      guard var type = self[input].type else { continue }
      type.shape.dimensions = type.shape.dimensions.map {
        if case .symbolic(let name) = $0, let size = sizes[name] { .fixed(size) } else { $0 }
      }
      copy.setInputType(input, type)
    }
    try copy.inferTypes()
    return copy
  }

  /// A copy in which inputs, by their names, have these shapes: names of their axes become numbers wherever they stand.
  /// - Throws: `GraphError` naming the input that is not there or cannot have the shape, or the node that does not fit.
  public func specialized(inputShapes: [String: [Int]]) throws -> Graph {
    var sizes: [String: Int] = [:]
    for (name, shape) in inputShapes.sorted(by: { $0.key < $1.key }) {
      guard let id = inputs.first(where: { self[$0].name == name }), let type = self[id].type else {
        let names = inputs.map { "'\(self[$0].name)'" }.joined(separator: ", ")
        throw GraphError("there is no input '\(name)'; the inputs are \(names)")
      }
      guard type.shape.rank == shape.count else {
        throw GraphError("input '\(name)' has the shape \(type.shape), which is not of \(shape.count) axes")
      }
      for (dimension, size) in zip(type.shape.dimensions, shape) {
        guard size > 0 else { throw GraphError("input '\(name)' cannot have an axis of \(size)") }
        switch dimension {
        case .fixed(let fixed):
          guard fixed == size else {
            throw GraphError(
              "input '\(name)' has the fixed shape \(type.shape), which cannot become \(shape)")
          }
        case .symbolic(let axis):
          guard sizes[axis] ?? size == size else {
            throw GraphError("axis '\(axis)' cannot be both \(sizes[axis] ?? size) and \(size)")
          }
          sizes[axis] = size
        }
      }
    }
    return try specialized(sizes)
  }

  /// A copy whose leading symbolic axis of every input has `batch` as its size.
  public func specialized(batch: Int) throws -> Graph {
    var sizes: [String: Int] = [:]
    for input in inputs {
      if case .symbolic(let name)? = self[input].type?.shape.dimensions.first { sizes[name] = batch }
    }
    return try specialized(sizes)
  }
}
