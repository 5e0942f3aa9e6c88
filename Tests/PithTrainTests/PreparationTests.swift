import PithEngine
import PithGraph
import PithTestSupport
import PithTrain
import Testing

@Suite struct PreparationTests {
  private func constant(_ graph: Graph, _ name: String) -> [Float] {
    graph.values.first { $0.name == name }?.constant?.floats ?? []
  }

  private func variance(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, values.count))
  }

  @Test func freshWeightsHaveTheVarianceOfTheirLayer() {
    let graph = Networks.dense(100, 300, 50).freshlyInitialized(seed: 1)
    let (hidden, output) = (constant(graph, "hidden.weight"), constant(graph, "output.weight"))
    // Before a rectifier: He. Before nothing: Glorot, uniform.
    #expect(abs(variance(hidden) - 2.0 / 100) < 0.05 * 2 / 100)
    #expect(abs(variance(output) - 2.0 / 350) < 0.05 * 2 / 350)
    let limit = Float((6.0 / 350).squareRoot())
    #expect(output.allSatisfy { abs($0) <= limit })
    #expect(hidden.contains { abs($0) > 3 * Float((2.0 / 100).squareRoot()) })
    #expect(constant(graph, "hidden.bias").allSatisfy { $0 == 0 })
    let again = Networks.dense(100, 300, 50, seed: 5).freshlyInitialized(seed: 1)
    #expect(constant(again, "hidden.weight") == hidden)
    let other = graph.freshlyInitialized(seed: 2)
    #expect(constant(other, "hidden.weight") != hidden)
  }

  /// Exporters write weights transposed and biases reshaped: they are the layer's all the same.
  @Test func weightsBehindReshapesAreFreshToo() throws {
    var random = SeededRandom(seed: 4)
    var graph = Graph(name: "reshaped")
    let x = graph.addInput("x", ValueType(.float32, Shape(["batch", 200])))
    let stored = graph.addConstant(
      "weight", Tensor(shape: [100, 200], floats: (0..<20_000).map { _ in random.float() }))
    let weight = graph.add(Transpose(permutation: [1, 0]), [stored], name: "turn", outputs: ["turned"])[0]
    let flat = graph.addConstant("bias", Tensor(shape: [100], floats: Array(repeating: 7, count: 100)))
    let shape = graph.addConstant("shape", Tensor(ints: [1, 100]))
    let bias = graph.add(Reshape(), [flat, shape], name: "row", outputs: ["row"])[0]
    let product = graph.add(MatMul(), [x, weight], name: "product", outputs: ["p"])[0]
    let sum = graph.add(Add(), [product, bias], name: "sum", outputs: ["s"])[0]
    graph.markOutput(graph.add(Relu(), [sum], name: "relu", outputs: ["y"])[0])
    let fresh = Networks.inferred(graph).freshlyInitialized(seed: 1)
    #expect(constant(fresh, "bias").allSatisfy { $0 == 0 })
    // He, of 200 inputs.
    #expect(abs(variance(constant(fresh, "weight")) - 2.0 / 200) < 0.05 * 2 / 200)
  }

  @Test func freshBatchNormDoesNothing() throws {
    var graph = Networks.convolution(classes: 3)
    let norm = try #require(graph.nodes.first { $0.op is BatchNormalization })
    for operand in 1..<5 {
      let id = try #require(norm.inputs[operand])
      graph.update(id) { $0.constant = Tensor(shape: [4], floats: [3, 4, 5, 6]) }
    }
    let frozen = Set([try #require(norm.inputs[2])])
    let fresh = graph.freshlyInitialized(seed: 0, frozen: frozen)
    #expect(constant(fresh, "norm.scale") == [1, 1, 1, 1])
    #expect(constant(fresh, "norm.bias") == [3, 4, 5, 6])
    #expect(constant(fresh, "norm.mean") == [0, 0, 0, 0])
    #expect(constant(fresh, "norm.variance") == [1, 1, 1, 1])
    #expect(variance(constant(fresh, "conv.weight")) > 0)
  }

  @Test func aFixedBatchBecomesAnyBatch() throws {
    let graph = Networks.convolution(classes: 3, batch: 4)
    #expect(graph.fixedBatch == 4)
    let any = try graph.withSymbolicBatch()
    #expect(any.fixedBatch == nil)
    var random = SeededRandom(seed: 3)
    let samples = (0..<4 * 72).map { _ in random.float() }
    let expected = try FloatEngine(graph).run([Tensor(shape: [4, 2, 6, 6], floats: samples)])[0]
    let found = try FloatEngine(any).run([Tensor(shape: [4, 2, 6, 6], floats: samples)])[0]
    #expect(found == expected)
    let one = try FloatEngine(any).run([Tensor(shape: [1, 2, 6, 6], floats: Array(samples[..<72]))])[0]
    #expect(one.floats.map { Array($0) } == expected.floats.map { Array($0[..<3]) })
    #expect(try any.withSymbolicBatch().nodes.count == any.nodes.count)
  }

  @Test func aBatchThatIsBuiltInIsAnError() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [4, 6]))
    let shape = graph.addConstant("shape", Tensor(ints: [8, 3]))
    let y = graph.add(Reshape(), [x, shape], name: "fold", outputs: ["y"])[0]
    graph.markOutput(y)
    let built = Networks.inferred(graph)
    let error = #expect(throws: TrainingError.self) { try built.withSymbolicBatch() }
    #expect(error?.description.contains("batches of 4 only") == true)
  }

  /// Two batch norms as PyTorch exports them untrained: equal tensors are stored once.
  @Test func equalParametersBecomeTheirOwn() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["batch", 3]))
    let ones = graph.addConstant("1.weight", Tensor(shape: [3], floats: [1, 1, 1]))
    let zeros = graph.addConstant("1.bias", Tensor(shape: [3], floats: [0, 0, 0]))
    let mean = graph.add(Identity(), [zeros], outputs: ["1.running_mean"])[0]
    let deviation = graph.add(Identity(), [ones], outputs: ["1.running_var"])[0]
    let y = graph.add(BatchNormalization(), [x, ones, zeros, mean, deviation], name: "1", outputs: ["y"])[0]
    // And as a tool writes them that knows nothing of names.
    let z = graph.add(BatchNormalization(), [y, ones, zeros, zeros, ones], name: "2", outputs: ["z"])[0]
    let w = graph.addConstant("w", Tensor(shape: [3, 3], floats: [1, 2, 3, 4, 5, 6, 7, 8, 9]))
    let a = graph.add(MatMul(), [z, w], name: "a", outputs: ["a"])[0]
    let b = graph.add(MatMul(), [a, w], name: "b", outputs: ["b"])[0]
    graph.markOutput(b)
    let shared = Networks.inferred(graph)
    let own = Networks.inferred(shared.withOwnParameters())
    try own.verify()
    #expect(own.nodes.map(\.op.name) == ["BatchNormalization", "BatchNormalization", "MatMul", "MatMul"])
    let operands = own.nodes.prefix(2).flatMap { $0.inputs.dropFirst().compactMap(\.self) }
    #expect(Set(operands).count == 8)
    #expect(operands.allSatisfy { own[$0].constant != nil })
    #expect(own[operands[2]].name == "1.running_mean")
    #expect(own.nodes[2].inputs[1] == own.nodes[3].inputs[1], "tied on purpose")
    #expect(own.trainableParameters().count == 5)
    let input = [Tensor(shape: [2, 3], floats: [1, -2, 3, 0.5, 0, -1])]
    #expect(try FloatEngine(own).run(input) == FloatEngine(shared).run(input))
  }

  @Test func dropoutIsSetInEveryNode() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["batch", 6]))
    let ratio = graph.addConstant("ratio", Tensor(0.5))
    let a = graph.add(Dropout(), [x, ratio], outputs: ["a"])[0]
    let b = graph.add(Dropout(), [a], outputs: ["b"])[0]
    graph.markOutput(b)
    let set = try Networks.inferred(graph).settingDropout(0.25)
    for node in set.nodes {
      #expect(node.inputs[1].flatMap { set[$0].constant }?.floats == [0.25])
    }
    #expect(throws: TrainingError.self) { try Networks.dense(2, 3, 2).settingDropout(0.1) }
  }

  @Test func ordersArePermutations() {
    let order = Shuffle.order(of: 1000, seed: 4)
    #expect(order.sorted() == Array(0..<1000))
    #expect(order != Shuffle.order(of: 1000, seed: 5))
    #expect(Shuffle.order(of: 0, seed: 1).isEmpty)
  }
}
