import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// An operator that has a shape and nothing else.
private struct Mystery: PithGraph.Operator {
  static let name = "Mystery"
  static let operandCount = 1...1
  func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.type(0)] }
}

@Suite struct FloatEngineTests {
  /// A small network with a branch: conv → relu → pool, added to a pooled 1×1 conv, flattened, dense.
  static func network() -> Graph {
    var random = SeededRandom(seed: 20)
    var graph = Graph(name: "small")
    let x = graph.addInput("x", ValueType(.float32, [.symbolic("N"), 2, 8, 8]))
    let w1 = graph.addConstant("w1", random.tensor([4, 2, 3, 3]))
    let b1 = graph.addConstant("b1", random.tensor([4]))
    let w2 = graph.addConstant("w2", random.tensor([4, 2, 1, 1]))
    let w3 = graph.addConstant("w3", random.tensor([5, 64]))
    let pool = MaxPool(window: Window(kernel: [2, 2], strides: [2, 2]))
    let a = graph.add(Conv(padding: ConvCase.same(1)), [x, w1, b1], name: "conv")[0]
    let b = graph.add(Relu(), [a], name: "relu")[0]
    let c = graph.add(pool, [b], name: "pool")[0]
    let d = graph.add(Conv(), [x, w2], name: "side")[0]
    let e = graph.add(pool, [d], name: "side pool")[0]
    let f = graph.add(Add(activation: .relu), [c, e], name: "sum")[0]
    let g = graph.add(Flatten(), [f], name: "flatten")[0]
    graph.markOutput(graph.add(Gemm(transposesB: true), [g, w3], name: "dense")[0])
    return graph
  }

  /// The same, an operator after the other.
  static func expected(_ graph: Graph, _ x: Tensor) throws -> [ValueID: Tensor] {
    var values = [graph.inputs[0]: x]
    for node in graph.nodes {
      let op = try #require(node.op as? any Executable)
      let results = try op.evaluate(
        node.inputs.map { input in input.flatMap { graph[$0].constant ?? values[$0] } })
      for (output, result) in zip(node.outputs, results) { values[output] = result }
    }
    return values
  }

  @Test(arguments: [0, 1, 3, 17])
  func runsAtAnyBatch(_ batch: Int) throws {
    let graph = Self.network()
    var random = SeededRandom(seed: 21)
    let x = random.tensor([batch, 2, 8, 8])
    let result = try FloatEngine(graph).run([x])
    #expect(result.map(\.shape) == [[batch, 5]])
    #expect(try result.first == Self.expected(graph, x)[graph.outputs[0]])
  }

  @Test func observesInputsAndEveryOutput() throws {
    let graph = Self.network()
    var random = SeededRandom(seed: 22)
    let x = random.tensor([2, 2, 8, 8])
    let expected = try Self.expected(graph, x)
    var seen: [ValueID: Tensor] = [:]
    var order: [ValueID] = []
    // What is kept must not be written over later.
    _ = try FloatEngine(graph).run([x]) { id, tensor in
      seen[id] = tensor
      order.append(id)
    }
    #expect(order == graph.inputs + graph.nodes.flatMap(\.outputs))
    #expect(seen == expected)
  }

  @Test func leavesInputsAndConstantsAsTheyWere() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [3]))
    let c = graph.addConstant("c", Tensor(shape: [3], floats: [-1, 0, 1]))
    let a = graph.add(Relu(), [x])[0]
    let b = graph.add(Relu(), [c])[0]
    let sum = graph.add(Add(), [a, b])[0]
    let doubled = graph.add(Add(), [sum, sum])[0]
    graph.markOutput(doubled)
    graph.markOutput(x)
    graph.markOutput(c)
    let engine = try FloatEngine(graph)
    let input = Tensor(shape: [3], floats: [-5, 5, 1])
    for _ in 0..<2 {
      let result = try engine.run([input])
      #expect(result[0].floats == [0, 10, 4])
      #expect(result[1].floats == [-5, 5, 1])
      #expect(result[2].floats == [-1, 0, 1])
    }
    #expect(input.floats == [-5, 5, 1])
  }

  @Test func sharedReshapesAreNotWrittenOver() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [2, 2]))
    let a = graph.add(Add(), [x, x])[0]
    let b = graph.add(Flatten(axis: 0), [a])[0]
    let c = graph.add(Relu(), [b])[0]
    graph.markOutput(a)
    graph.markOutput(c)
    let result = try FloatEngine(graph).run([Tensor(shape: [2, 2], floats: [-1, 2, -3, 4])])
    #expect(result[0].floats == [-2, 4, -6, 8])
    #expect(result[1].floats == [0, 4, 0, 8])
  }

  @Test func computesShapesOnTheWay() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [.symbolic("N"), 3, 4]))
    let shape = graph.add(ShapeOf(start: 0, end: 1), [x])[0]
    let rest = graph.addConstant("rest", Tensor(ints: [-1]))
    let target = graph.add(Concat(axis: 0), [shape, rest])[0]
    graph.markOutput(graph.add(Reshape(), [x, target])[0])
    #expect(try FloatEngine(graph).run([HostileCase.zeros([5, 3, 4])])[0].shape == [5, 12])
  }

  @Test func namesWhatItCannotExecute() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [1]))
    graph.markOutput(graph.add(Mystery(), [x], name: "riddle")[0])
    let error = #expect(throws: GraphError.self) { try FloatEngine(graph) }
    #expect(error?.node == "riddle")
    #expect(error?.message.contains("Mystery") == true)
    #expect(error?.message.contains("Executable") == true)
  }

  @Test func namesTheNodeThatFails() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.int64, [2]))
    let y = graph.addInput("y", ValueType(.int64, [2]))
    graph.markOutput(graph.add(Div(), [x, y], name: "ratio")[0])
    let engine = try FloatEngine(graph)
    let error = #expect(throws: GraphError.self) {
      try engine.run([Tensor(ints: [1, 1]), Tensor(ints: [1, 0])])
    }
    #expect(error?.node == "ratio")
  }

  @Test(arguments: [
    [], [HostileCase.zeros([1, 2, 8, 8]), HostileCase.zeros([1])], [HostileCase.zeros([1, 3, 8, 8])],
    [HostileCase.zeros([2, 8, 8])], [Tensor(shape: [1, 2, 8, 8], ints: Array(repeating: 0, count: 128))],
  ])
  func refusesInputsThatDoNotFit(_ inputs: [Tensor]) throws {
    let engine = try FloatEngine(Self.network())
    #expect(throws: GraphError.self) { try engine.run(inputs) }
  }

  @Test func equalNamesAreEqualSizes() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [.symbolic("N")]))
    let y = graph.addInput("y", ValueType(.float32, [.symbolic("N")]))
    graph.markOutput(graph.add(Add(), [x, y])[0])
    let engine = try FloatEngine(graph)
    #expect(try engine.run([HostileCase.zeros([4]), HostileCase.zeros([4])])[0].shape == [4])
    #expect(throws: GraphError.self) { try engine.run([HostileCase.zeros([4]), HostileCase.zeros([1])]) }
  }

  @Test func observersMayStopTheRun() throws {
    let engine = try FloatEngine(Self.network())
    var calls = 0
    #expect(throws: CancellationError.self) {
      _ = try engine.run([HostileCase.zeros([1, 2, 8, 8])]) { _, _ in
        calls += 1
        if calls == 3 { throw CancellationError() }
      }
    }
    #expect(calls == 3)
  }
}
