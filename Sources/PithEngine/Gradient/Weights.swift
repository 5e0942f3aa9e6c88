import PithGraph

/// The values of a graph's constants while they are trained, apart from the graph, so that changing one copies nothing.
public struct Weights: Sendable {
  private var tensors: [Tensor?]

  /// The constants as the graph has them.
  public init(_ graph: Graph) { tensors = graph.values.map(\.constant) }

  /// Values of the graph, constants and others.
  var count: Int { tensors.count }

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
