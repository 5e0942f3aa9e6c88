import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Builds small networks with random weights.
struct NetworkBuilder {
  var graph = Graph(name: "network")
  var random: SeededRandom
  private(set) var parameters: [ValueID] = []

  init(seed: Int) { random = SeededRandom(seed: seed) }

  mutating func parameter(_ shape: [Int], in range: ClosedRange<Float> = -0.5...0.5) -> ValueID {
    let id = graph.addConstant("parameter\(parameters.count)", random.tensor(shape, in: range))
    parameters.append(id)
    return id
  }

  mutating func add(_ op: any Operator, _ inputs: ValueID?...) -> ValueID { graph.add(op, inputs)[0] }

  mutating func conv(
    _ x: ValueID, _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1, groups: Int = 1,
    activation: Activation? = nil, hasBias: Bool = false
  ) -> ValueID {
    let op = Conv(
      strides: [stride, stride], padding: ConvCase.same(kernel / 2), groups: groups, activation: activation)
    let weights = parameter([outputs, inputs / groups, kernel, kernel])
    return add(op, x, weights, hasBias ? parameter([outputs]) : nil)
  }

  mutating func batchNorm(_ x: ValueID, _ channels: Int) -> ValueID {
    let (scale, bias) = (parameter([channels], in: 0.5...1.5), parameter([channels]))
    let mean = graph.addConstant("mean", random.tensor([channels]))
    let variance = graph.addConstant("variance", random.tensor([channels], in: 0.5...2))
    return add(BatchNormalization(), x, scale, bias, mean, variance)
  }

  mutating func dense(_ x: ValueID, _ inputs: Int, _ outputs: Int, activation: Activation? = nil) -> ValueID {
    add(
      Gemm(transposesB: true, activation: activation), x, parameter([outputs, inputs]), parameter([outputs]))
  }
}

/// A network with an input for it.
struct SmallNetwork: Sendable, CustomTestStringConvertible {
  var name: String
  var graph: Graph
  var parameters: [ValueID]
  var input: Tensor
  var testDescription: String { name }

  init(
    _ name: String, seed: Int, input: [Int] = [3, 2, 6, 6],
    _ build: (inout NetworkBuilder, ValueID) -> [ValueID]
  ) {
    var builder = NetworkBuilder(seed: seed)
    let x = builder.graph.addInput(
      "x", ValueType(.float32, Shape([.symbolic("N")] + input.dropFirst().map { .fixed($0) })))
    for output in build(&builder, x) { builder.graph.markOutput(output) }
    (self.name, graph, parameters) = (name, builder.graph, builder.parameters)
    self.input = SeededRandom.tensor(input, seed: seed + 1)
  }

  static let all: [SmallNetwork] = [
    SmallNetwork("residual", seed: 41) { b, x in
      let stem = b.add(Relu(), b.batchNorm(b.conv(x, 2, 4), 4))
      var y = b.add(Relu(), b.batchNorm(b.conv(stem, 4, 4, groups: 4), 4))
      y = b.batchNorm(b.conv(y, 4, 4, kernel: 1), 4)
      y = b.add(Relu(), b.add(Add(), y, stem))
      y = b.add(MaxPool(window: Window(kernel: [2, 2], strides: [2, 2])), y)
      let low = b.graph.addConstant("low", Tensor(0))
      let high = b.graph.addConstant("high", Tensor(1.5))
      y = b.add(Clip(), b.batchNorm(b.conv(y, 4, 6, stride: 2, groups: 2), 6), low, high)
      return [b.dense(b.add(Flatten(), b.add(GlobalAveragePool(), y)), 6, 3)]
    },
    SmallNetwork("split and gate", seed: 43) { b, x in
      let y = b.add(Tanh(), b.conv(x, 2, 6, hasBias: true))
      let parts = b.graph.add(Split(axis: 1, partCount: 3), [y], outputs: ["a", "b", "c"])
      let middle = b.conv(parts[1], 2, 3, activation: .relu, hasBias: true)
      let joined = b.add(Concat(axis: 1), parts[0], middle)
      let gate = b.add(Sigmoid(), b.conv(b.add(GlobalAveragePool(), joined), 5, 5, kernel: 1, hasBias: true))
      let gated = b.add(Mul(), joined, gate)
      let pooled = b.add(AveragePool(window: Window(kernel: [3, 3], strides: [2, 2])), gated)
      return [b.dense(b.add(Flatten(), pooled), 20, 4)]
    },
    SmallNetwork("fused activations", seed: 45) { b, x in
      let a = b.conv(x, 2, 4, activation: .relu, hasBias: true)
      let c = b.conv(a, 4, 4, activation: .clip(-0.25, 0.5))
      let sum = b.add(Add(activation: .relu), a, c)
      let y = b.dense(b.add(Flatten(), sum), 144, 5, activation: .relu)
      return [b.dense(y, 5, 3)]
    },
    SmallNetwork("shared", seed: 47, input: [4, 5]) { b, x in
      let (weights, bias) = (b.parameter([5, 5]), b.parameter([5]))
      let first = b.add(Tanh(), b.add(Gemm(), x, weights, bias))
      let second = b.add(Gemm(transposesB: true), first, weights, bias)
      let square = b.add(Mul(), second, second)
      let double = b.add(Add(), square, square)
      // An output that other nodes read too, and one that is an output twice.
      return [second, b.add(Sigmoid(), double), second]
    },
  ]
}
