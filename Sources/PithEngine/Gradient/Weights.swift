import PithGraph

/// The values of a graph's constants while they are trained, apart from the graph, so that changing one copies nothing.
public struct Weights: Sendable {
  private var tensors: [Tensor?]

  /// The constants as the graph has them.
  public init(_ graph: Graph) { tensors = graph.values.map(\.constant) }

  /// No constants.
  init() { tensors = [] }

  /// A constant's present value; nil where the value is no constant.
  public subscript(id: ValueID) -> Tensor? {
    get { tensors[id.index] }
    set { tensors[id.index] = newValue }
  }

  /// Changes the elements of a float32 constant in place.
  /// - Precondition: the value is a float32 constant.
  public mutating func update<R>(_ id: ValueID, _ body: (inout [Float]) throws -> R) rethrows -> R {
    guard var tensor = tensors[id.index] else { preconditionFailure("value \(id.index) is no constant") }
    tensors[id.index] = nil  // so that the copy is the only one
    defer { tensors[id.index] = tensor }
    return try tensor.withMutableFloats(body)
  }

  /// The graph with these values as its constants.
  public func applied(to graph: Graph) -> Graph {
    var copy = graph
    for index in graph.values.indices where graph.values[index].constant != nil {
      copy.update(ValueID(index)) { $0.constant = tensors[index] }
    }
    return copy
  }
}

extension Graph {
  /// The float32 constants that training changes, in the order in which nodes use them, each once.
  ///
  /// These are the weights, biases and scales of layers; a constant that is added is one where it is the bias of a
  /// product. Other constants (the mean and deviation of a built-in preprocessing, bounds, shapes) stay.
  public func trainableParameters() -> [ValueID] {
    let producers = producers()
    var seen: Set<ValueID> = []
    var result: [ValueID] = []
    for node in nodes {
      guard let op = node.op as? any Differentiable else { continue }
      var operands = op.parameterOperands
      if node.op is Add {
        operands = [0, 1].filter { index in
          guard let other = node.inputs[1 - index], let producer = producers[other] else { return false }
          return producer.op is MatMul || producer.op is Gemm || producer.op is Conv
        }
      }
      for index in operands where index < node.inputs.count {
        guard let id = node.inputs[index], let constant = self[id].constant, constant.element == .float32,
          seen.insert(id).inserted
        else { continue }
        result.append(id)
      }
    }
    return result
  }
}
