import PithData
import PithEngine
import PithGraph

extension Graph {
  /// The graph with fresh weights, as an untrained network has them; the same seed gives the same.
  ///
  /// Weights before a rectifier (ReLU and its like) are normal with variance 2 / fanIn (He et al., "Delving Deep into
  /// Rectifiers", 2015), others uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio, "Understanding the difficulty of
  /// training deep feedforward neural networks", 2010). Biases are 0; batch norm has scale 1, bias 0, mean 0, variance 1.
  /// - Parameter frozen: constants that stay as they are.
  public func freshlyInitialized(seed: UInt64, frozen: Set<ValueID> = []) -> Graph {
    var initializer = FreshInitializer(graph: self, seed: seed, done: frozen)
    for node in nodes { initializer.visit(node) }
    return initializer.graph
  }
}

private struct FreshInitializer {
  var graph: Graph
  let seed: UInt64
  /// Constants that have their value; of shared ones the first use counts.
  var done: Set<ValueID>
  private let consumers: [ValueID: [Node]]
  private let producers: [ValueID: Node]
  private let trainable: Set<ValueID>
  private var count: UInt64 = 0
  /// The purpose of the random numbers, as `RandomStream` wants one.
  private static let purpose: UInt64 = 16

  init(graph: Graph, seed: UInt64, done: Set<ValueID>) {
    self.graph = graph
    self.seed = seed
    self.done = done
    consumers = graph.consumers()
    producers = graph.producers()
    trainable = Set(graph.trainableParameters())
  }

  mutating func visit(_ node: Node) {
    switch node.op {
    case let op as Conv:
      draw(node, 1) { shape in
        let kernel = shape.dropFirst(2).reduce(1, *)
        return (shape[1] * kernel, shape[0] / max(1, op.groups) * kernel)
      }
      fill(node, 2, 0)
    case let op as Gemm:
      draw(node, 0) { op.transposesA ? ($0[0], $0[1]) : ($0[1], $0[0]) }
      draw(node, 1) { op.transposesB ? ($0[1], $0[0]) : ($0[0], $0[1]) }
      fill(node, 2, 0)
    case is MatMul:
      draw(node, 0) { ($0[$0.count - 1], $0[$0.count - 2]) }
      draw(node, 1) { ($0[$0.count - 2], $0[$0.count - 1]) }
    case is BatchNormalization:
      for (operand, value) in [(1, Float(1)), (2, 0), (3, 0), (4, 1)] { fill(node, operand, value) }
    case is Add:
      for operand in [0, 1] where isTrainable(node, operand) { fill(node, operand, 0) }
    // What passes through them belongs to the layers behind.
    case is Identity, is Transpose, is Reshape, is Flatten, is Squeeze, is Unsqueeze: break
    default:
      for operand in node.inputs.indices where isTrainable(node, operand) {
        draw(node, operand) { ($0[$0.count - 1], $0[$0.count - 2]) }
      }
    }
  }

  private func isTrainable(_ node: Node, _ operand: Int) -> Bool {
    node.inputs[operand].map { trainable.contains(graph.source(of: $0, producers)) } ?? false
  }

  private mutating func constant(_ node: Node, _ operand: Int) -> (ValueID, Tensor)? {
    guard operand < node.inputs.count, let read = node.inputs[operand] else { return nil }
    let id = graph.source(of: read, producers)
    guard let tensor = graph[id].constant, tensor.element == .float32, done.insert(id).inserted else {
      return nil
    }
    return (id, tensor)
  }

  private mutating func fill(_ node: Node, _ operand: Int, _ value: Float) {
    guard let (id, tensor) = constant(node, operand) else { return }
    let values = [Float](repeating: value, count: tensor.count)
    graph.update(id) { $0.constant = Tensor(shape: tensor.shape, floats: values) }
  }

  /// Draws a matrix or filter.
  private mutating func draw(
    _ node: Node, _ operand: Int, _ fans: (_ shape: [Int]) -> (fanIn: Int, fanOut: Int)
  ) {
    guard operand < node.inputs.count, let read = node.inputs[operand], let seen = shape(read),
      seen.count >= 2,
      let (id, tensor) = constant(node, operand)
    else { return }
    let (fanIn, fanOut) = fans(seen)
    var random = RandomStream(seed: seed, Self.purpose, count)
    count += 1
    let values: [Float]
    if let slope = rectifierSlope(after: node) {
      let deviation = (2 / (1 + slope * slope) / Double(max(1, fanIn))).squareRoot()
      values = (0..<tensor.count).map { _ in Float(random.normal() * deviation) }
    } else {
      let limit = (6 / Double(max(1, fanIn + fanOut))).squareRoot()
      values = (0..<tensor.count).map { _ in Float((2 * random.uniform() - 1) * limit) }
    }
    graph.update(id) { $0.constant = Tensor(shape: tensor.shape, floats: values) }
  }

  /// The shape in which a layer reads an operand.
  private func shape(_ id: ValueID) -> [Int]? {
    if let constant = graph[id].constant { return constant.shape }
    guard graph[graph.source(of: id, producers)].constant != nil,
      let dimensions = graph[id].type?.shape.dimensions
    else { return nil }
    let sizes = dimensions.compactMap(\.size)
    return sizes.count == dimensions.count ? sizes : nil
  }

  /// The slope below zero of the rectifier that a layer's output goes through; nil where the first function that it
  /// meets is none.
  private func rectifierSlope(after node: Node) -> Double? {
    if let activation = (node.op as? any ActivationFusible)?.activation { return Self.slope(activation) }
    var queue = node.outputs
    var seen = Set(queue)
    while !queue.isEmpty {
      let value = queue.removeFirst()
      for next in consumers[value] ?? [] {
        switch next.op {
        case is Relu, is Clip, is HardSwish: return 0
        case let op as LeakyRelu: return Double(op.alpha)
        case is Mul where isGate(next, of: value): return 0
        case is Sigmoid, is HardSigmoid:
          // x · sigmoid(x) is a rectifier, and a sigmoid by itself none.
          let gates = next.outputs.flatMap { consumers[$0] ?? [] }
          if !gates.contains(where: { isGate($0, of: value) }) { return nil }
        case is Tanh, is Softmax, is Conv, is Gemm, is MatMul: return nil
        default:
          for output in next.outputs where seen.insert(output).inserted { queue.append(output) }
        }
      }
    }
    return nil
  }

  /// Whether a node multiplies a value with a sigmoid of itself.
  private func isGate(_ node: Node, of value: ValueID) -> Bool {
    guard node.op is Mul, node.inputs.contains(value) else { return false }
    return node.inputs.contains { id in
      guard let producer = id.flatMap({ producers[$0] }) else { return false }
      return (producer.op is Sigmoid || producer.op is HardSigmoid) && producer.inputs.contains(value)
    }
  }

  private static func slope(_ activation: Activation) -> Double? {
    switch activation {
    case .relu, .clip: 0
    }
  }
}
