import PithGraph
import PithTestSupport

/// Writes a small graph a line a node, with seeded constants and a symbolic batch.
struct GraphBuilder {
  var graph = Graph(name: "test")
  var random: SeededRandom

  init(seed: Int = 1) { random = SeededRandom(seed: seed) }

  mutating func input(_ shape: Shape, _ name: String = "x", _ element: ElementType = .float32) -> ValueID {
    graph.addInput(name, ValueType(element, shape))
  }

  mutating func constant(_ tensor: Tensor, _ name: String = "c") -> ValueID {
    graph.addConstant(name, tensor)
  }

  mutating func constant(_ shape: [Int], in range: ClosedRange<Float> = -1...1, _ name: String = "c")
    -> ValueID
  {
    graph.addConstant(name, random.tensor(shape, in: range))
  }

  mutating func ints(_ values: [Int], _ name: String = "i") -> ValueID {
    graph.addConstant(name, Tensor(ints: values))
  }

  mutating func scalar(_ value: Float, _ name: String = "s") -> ValueID {
    graph.addConstant(name, Tensor(value))
  }

  /// Adds a node of one output and returns that.
  mutating func add(_ op: any Operator, _ inputs: ValueID?..., name: String? = nil) -> ValueID {
    let name = name ?? "\(op.name)\(graph.nodes.count)"
    return graph.add(op, inputs, name: name, outputs: ["\(name).y"])[0]
  }

  mutating func conv(
    _ x: ValueID, weights: [Int], bias: Bool = true, _ op: Conv = Conv(), name: String? = nil
  ) -> ValueID {
    let w = constant(weights, "w")
    let b = bias ? constant([weights[0]], "b") : nil
    return add(op, x, w, b, name: name)
  }

  mutating func batchNorm(_ x: ValueID, channels: Int, name: String? = nil) -> ValueID {
    let scale = constant([channels], in: 0.5...1.5, "scale")
    let bias = constant([channels], "shift")
    let mean = constant([channels], "mean")
    let variance = constant([channels], in: 0.5...2, "variance")
    return add(BatchNormalization(epsilon: 1e-3), x, scale, bias, mean, variance, name: name)
  }

  mutating func clip(_ x: ValueID, _ low: Float?, _ high: Float?) -> ValueID {
    let low = low.map { scalar($0, "low") }
    let high = high.map { scalar($0, "high") }
    return add(Clip(), x, low, high)
  }

  /// The graph so far with these outputs. Mutating, so that nodes may be added in the arguments.
  mutating func build(_ outputs: ValueID...) throws -> Graph {
    var graph = graph
    for output in outputs { graph.markOutput(output) }
    try graph.inferTypes()
    try graph.verify()
    return graph
  }
}

extension Graph {
  /// The operators' names in order.
  var operators: [String] { nodes.map(\.op.name) }

  /// The first operator of that type.
  func first<Op: Operator>(_: Op.Type) -> Op? { nodes.lazy.compactMap { $0.op as? Op }.first }

  /// A constant operand of the first node with that operator.
  func constant<Op: Operator>(of _: Op.Type, _ index: Int) -> Tensor? {
    guard let node = nodes.first(where: { $0.op is Op }), index < node.inputs.count else { return nil }
    return node.inputs[index].flatMap { self[$0].constant }
  }
}
