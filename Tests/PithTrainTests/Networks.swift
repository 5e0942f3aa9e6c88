import PithEngine
import PithGraph
import PithTestSupport
import PithTrain

/// Small networks and data to train in tests.
enum Networks {
  /// features → hidden (ReLU) → classes, with random weights.
  static func dense(
    _ features: Int, _ hidden: Int, _ classes: Int, seed: Int = 1, end: (any PithGraph.Operator)? = nil
  ) -> Graph {
    var random = SeededRandom(seed: seed)
    var graph = Graph(name: "dense")
    func weights(_ name: String, _ shape: [Int]) -> ValueID {
      let limit = (3 / Float(shape[0])).squareRoot()
      let values = (0..<shape.reduce(1, *)).map { _ in random.float(in: -limit...limit) }
      return graph.addConstant(name, Tensor(shape: shape, floats: values))
    }
    let x = graph.addInput("x", ValueType(.float32, ["batch", .fixed(features)]))
    let (w1, b1) = (weights("hidden.weight", [features, hidden]), weights("hidden.bias", [hidden]))
    let (w2, b2) = (weights("output.weight", [hidden, classes]), weights("output.bias", [classes]))
    let h = graph.add(Gemm(), [x, w1, b1], name: "hidden", outputs: ["h"])[0]
    let r = graph.add(Relu(), [h], name: "relu", outputs: ["r"])[0]
    var y = graph.add(Gemm(), [r, w2, b2], name: "output", outputs: ["y"])[0]
    if let end { y = graph.add(end, [y], name: "end", outputs: ["p"])[0] }
    graph.markOutput(y)
    return inferred(graph)
  }

  /// A convolution with batch norm, pooled into classes.
  static func convolution(classes: Int, seed: Int = 1, batch: Dimension = "batch") -> Graph {
    var random = SeededRandom(seed: seed)
    var graph = Graph(name: "convolution")
    func weights(_ name: String, _ shape: [Int]) -> ValueID {
      let values = (0..<shape.reduce(1, *)).map { _ in random.float(in: -0.4...0.4) }
      return graph.addConstant(name, Tensor(shape: shape, floats: values))
    }
    func constant(_ name: String, _ value: Float, _ count: Int) -> ValueID {
      graph.addConstant(name, Tensor(shape: [count], floats: Array(repeating: value, count: count)))
    }
    let x = graph.addInput("x", ValueType(.float32, Shape([batch, 2, 6, 6])))
    let c = graph.add(
      Conv(padding: .explicit(begin: [1, 1], end: [1, 1])), [x, weights("conv.weight", [4, 2, 3, 3])],
      name: "conv", outputs: ["c"])[0]
    let n = graph.add(
      BatchNormalization(),
      [
        c, constant("norm.scale", 1, 4), constant("norm.bias", 0, 4), constant("norm.mean", 0, 4),
        constant("norm.variance", 1, 4),
      ], name: "norm", outputs: ["n"])[0]
    let r = graph.add(Relu(), [n], name: "relu", outputs: ["r"])[0]
    let p = graph.add(GlobalAveragePool(), [r], name: "pool", outputs: ["p"])[0]
    let shape = graph.addConstant("shape", Tensor(ints: [batch.size ?? 0, 4]))
    let f = graph.add(Reshape(), [p, shape], name: "flatten", outputs: ["f"])[0]
    let y = graph.add(
      Gemm(), [f, weights("output.weight", [4, classes]), weights("output.bias", [classes])], name: "output",
      outputs: ["y"])[0]
    graph.markOutput(y)
    return inferred(graph)
  }

  static func inferred(_ graph: Graph) -> Graph {
    var copy = graph
    do { try copy.inferTypes() } catch { preconditionFailure("\(error)") }
    return copy
  }

  /// Points around the corners of a cube, a class for each corner.
  static func clusters(
    _ count: Int, features: Int, classes: Int, seed: Int = 2, noise: Float = 0.4, batchSize: Int,
    shuffleSeed: UInt64? = nil, shape: [Int]? = nil
  ) throws -> TensorData {
    var random = SeededRandom(seed: seed)
    var values: [Float] = []
    var labels: [Int] = []
    for index in 0..<count {
      let label = index % classes
      labels.append(label)
      for feature in 0..<features {
        values.append((label >> (feature % 3) & 1 == 1 ? 1 : -1) + random.float(in: -1...1) * noise)
      }
    }
    return try TensorData(
      inputs: [Tensor(shape: [count] + (shape ?? [features]), floats: values)], labels: labels,
      batchSize: batchSize, shuffleSeed: shuffleSeed)
  }
}

extension Weights {
  /// The bits of all floats, to compare.
  func bits(_ graph: Graph) -> [[UInt32]] {
    graph.values.indices.map { self[ValueID($0)]?.floats?.map(\.bitPattern) ?? [] }
  }
}
