import CPith
import PithEngine
import PithGraph
import PithHost
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Recurrent layers, attention and layer normalization against the fp32 engine, on every set of kernels.
@Suite struct SequenceLoweringTests {
  struct Case: CustomTestStringConvertible {
    var op: any Recurrent
    var steps = 11
    var inputs = 8
    var hasState = false
    var testDescription: String { "\(op), \(steps) steps of \(inputs), state \(hasState)" }
  }

  static let cases: [Case] = [
    Case(op: RNN(hiddenSize: 8)),
    Case(op: RNN(hiddenSize: 5, direction: .reverse, activations: [.relu]), inputs: 3, hasState: true),
    Case(op: RNN(hiddenSize: 6, direction: .bidirectional), steps: 1),
    Case(op: GRU(hiddenSize: 16, linearBeforeReset: true)),
    Case(
      op: GRU(hiddenSize: 17, direction: .bidirectional, linearBeforeReset: true), inputs: 5, hasState: true),
    Case(op: GRU(hiddenSize: 9), steps: 17, hasState: true),
    Case(op: GRU(hiddenSize: 12, direction: .reverse), steps: 8),
    Case(op: LSTM(hiddenSize: 16), steps: 20),
    Case(op: LSTM(hiddenSize: 20, direction: .bidirectional), hasState: true),
    Case(op: LSTM(hiddenSize: 7, direction: .bidirectional), inputs: 6),
    Case(
      op: LSTM(
        hiddenSize: 8, activations: [.hardSigmoid(alpha: 0.2, beta: 0.5), .softsign, .leakyRelu(alpha: 0.5)])),
  ]

  /// How near integers come: fixed by the 8 bits of weights and states.
  private func expectClose(
    _ graph: Graph, _ samples: [[Tensor]], atLeast decibels: Double, opcodes: Set<UInt32> = []
  ) throws {
    let program = try Lowering.lower(try graph.quantized(on: samples))
    let present = Set(try program.opcodes().map(\.rawValue))
    #expect(opcodes.isSubset(of: present))
    let actual = try program.outputs(samples)
    let engine = try FloatEngine(graph)
    for index in graph.outputs.indices {
      let expected = try samples.flatMap { try engine.run($0)[index].floats ?? [] }
      let closeness = Closeness.decibels(actual.flatMap { $0[index] }, expected)
      #expect(closeness > decibels, "output \(index): \(closeness) dB")
    }
    for isa in PithISA.available {
      let session = PithSession(try PithModel(bytes: program.bytes, isa: isa))
      for (sample, outputs) in zip(samples, actual) {
        #expect(try session.run(inputs: sample.map { $0.floats ?? [] }) == outputs, "\(isa)")
      }
    }
  }

  @Test(arguments: cases)
  func recurrentLayersAreClose(_ example: Case) throws {
    var network = SmallNetwork(seed: 31)
    let op = example.op
    let (cells, hidden) = (op.direction.count, op.hiddenSize)
    let rows = type(of: op).gateCount * hidden
    let x = network.input([example.steps, 1, example.inputs])
    let state = example.hasState ? network.input([cells, 1, hidden], "h") : nil
    let memory = example.hasState && op is LSTM ? network.input([cells, 1, hidden], "c") : nil
    let operands = [
      x, network.constant([cells, rows, example.inputs], in: -0.6...0.6),
      network.constant([cells, rows, hidden], in: -0.4...0.4),
      network.constant([cells, 2 * rows], in: -0.3...0.3),
      nil, state, memory,
    ]
    let names = op is LSTM ? ["y", "yh", "yc"] : ["y", "yh"]
    let outputs = network.graph.add(
      op, Array(operands.prefix(op is LSTM ? 7 : 6)), name: "cell", outputs: names)
    for output in outputs { network.graph.markOutput(output) }
    let graph = try network.built()
    var random = SeededRandom(seed: 32)
    let samples = (0..<4).map { _ in
      graph.inputs.map { id in random.tensor(graph[id].type?.shape.sizes ?? [], in: -1...1) }
    }
    try expectClose(graph, samples, atLeast: 30, opcodes: [PITH_OP_RECURRENT.rawValue])
  }

  /// Over the steps of [steps, 1, channels], where those of a batch-first sequence end up, and over the channels.
  @Test(arguments: [[0], [0, 1], [1, 2]], [true, false])
  func meansOfSequencesAreClose(axes: [Int], keepsDimensions: Bool) throws {
    var network = SmallNetwork(seed: 45)
    let x = network.add(Relu(), network.input([11, 1, 8]))
    let mean = network.add(
      ReduceMean(keepsDimensions: keepsDimensions), x, network.constant(Tensor(ints: axes)))
    let y = network.add(Tanh(), mean)
    let graph = try network.built(y)
    var random = SeededRandom(seed: 46)
    let samples = (0..<4).map { _ in [random.tensor([11, 1, 8], in: -1...1)] }
    let model = try graph.quantized(on: samples)
    #expect(model.floatNodes.isEmpty, "\(model.floatNodes)")
    try expectClose(graph, samples, atLeast: 30, opcodes: [PITH_OP_AVERAGE_POOL.rawValue])
  }

  /// The last steps of a layer go on as bytes: without a conversion before the next layer.
  @Test func stackedLayersStayInBytes() throws {
    var network = SmallNetwork(seed: 33)
    var x = network.input([9, 1, 8])
    for _ in 0..<2 {
      let y = network.add(
        GRU(hiddenSize: 8, linearBeforeReset: true), x, network.constant([1, 24, 8], in: -0.5...0.5),
        network.constant([1, 24, 8], in: -0.5...0.5))
      x = network.add(Squeeze(), y, network.constant(Tensor(ints: [1])))
    }
    let last = network.add(Gather(axis: 0), x, network.constant(Tensor(ints: [-1])))
    let flat = network.add(Flatten(), last)
    let y = network.add(Gemm(transposesB: true), flat, network.constant([3, 8]))
    let graph = try network.built(y)
    var random = SeededRandom(seed: 34)
    let samples = (0..<4).map { _ in [random.tensor([9, 1, 8], in: -1...1)] }
    let model = try graph.quantized(on: samples)
    #expect(model.floatNodes.isEmpty, "\(model.floatNodes)")
    let opcodes = try Lowering.lower(model).opcodes()
    #expect(opcodes.filter { $0 == PITH_OP_QUANTIZE }.count == 1)
    #expect(opcodes.filter { $0 == PITH_OP_DEQUANTIZE }.count == 1)
    try expectClose(graph, samples, atLeast: 28)
  }

  @Test(arguments: [
    ([2, 3, 5, 8], [2, 3, 8, 4]), ([6, 7], [7, 5]), ([3, 4, 6], [1, 6, 9]),
    ([1, 4, 17, 33], [1, 4, 33, 17]),
  ])
  func productsOfComputedFactorsAreClose(_ a: [Int], _ b: [Int]) throws {
    for isTransposed in [false, true] {
      var network = SmallNetwork(seed: 35)
      let x = network.input(a, "a")
      var order = Array(b.indices)
      if isTransposed { order.swapAt(b.count - 1, b.count - 2) }
      // The other operand comes out of an integer node, so that it lies in memory as that one left it.
      let y = network.add(Relu(), network.input(order.map { b[$0] }, "b"))
      let factor = isTransposed ? network.add(Transpose(permutation: order), y) : y
      let product = network.add(MatMul(), network.add(Tanh(), x), factor)
      let graph = try network.built(product)
      var random = SeededRandom(seed: 36)
      let samples = (0..<3).map { _ in
        [random.tensor(a, in: -1...1), random.tensor(order.map { b[$0] }, in: -1...1)]
      }
      try expectClose(graph, samples, atLeast: 35, opcodes: [PITH_OP_MATMUL.rawValue])
    }
  }

  @Test(arguments: [[1, 7, 12], [3, 5], [1, 2, 3, 64]])
  func layerNormalizationIsClose(_ shape: [Int]) throws {
    var network = SmallNetwork(seed: 37)
    let x = network.input(shape)
    let width = shape[shape.count - 1]
    let y = network.add(
      LayerNormalization(), x, network.constant([width], in: 0.5...1.5),
      network.constant([width], in: -0.5...0.5))
    let graph = try network.built(y)
    var random = SeededRandom(seed: 38)
    let samples = (0..<4).map { _ in [random.tensor(shape, in: -2...3)] }
    try expectClose(graph, samples, atLeast: 33, opcodes: [PITH_OP_LAYER_NORM.rawValue])
  }

  /// Two heads of self-attention, with the constant that masks what comes later where one is given.
  /// - Parameter endsEarly: the network ends with the mixed values, not added to what they were mixed of.
  private func attention(
    masking fill: Float? = nil, isPacked: Bool = false, endsEarly: Bool = false
  ) throws -> (graph: Graph, samples: [[Tensor]]) {
    var network = SmallNetwork(seed: 39)
    let (steps, heads, width) = (10, 2, 16)
    let x = network.input([1, steps, width])
    let packed = isPacked ? network.add(MatMul(), x, network.constant([width, 3 * width])) : x
    /// The third of what is computed together, or a product of its own.
    func split(_ third: Int) -> ValueID {
      let y =
        isPacked
        ? network.add(
          Slice(), packed, network.constant(Tensor(ints: [third * width])),
          network.constant(Tensor(ints: [(third + 1) * width])), network.constant(Tensor(ints: [2])))
        : network.add(MatMul(), x, network.constant([width, width]))
      let parts = network.add(Reshape(), y, network.constant(Tensor(ints: [1, steps, heads, width / heads])))
      return network.add(Transpose(permutation: [0, 2, 1, 3]), parts)
    }
    let (q, k, v) = (split(0), split(1), split(2))
    let scores = network.add(MatMul(), q, network.add(Transpose(permutation: [0, 1, 3, 2]), k))
    var scaled = network.add(Mul(), scores, network.constant(Tensor(0.35)))
    if let fill {
      let mask = (0..<steps * steps).map { $0 % steps > $0 / steps ? fill : 0 }
      scaled = network.add(
        Add(), scaled, network.constant(Tensor(shape: [1, 1, steps, steps], floats: mask)))
    }
    let mixed = network.add(MatMul(), network.add(Softmax(axis: -1), scaled), v)
    let joined = network.add(
      Reshape(), network.add(Transpose(permutation: [0, 2, 1, 3]), mixed),
      network.constant(Tensor(ints: [1, steps, width])))
    let sum = network.add(Add(), joined, x)
    let y = network.add(LayerNormalization(), sum, network.constant([width], in: 0.5...1.5))
    var random = SeededRandom(seed: 40)
    return (
      try network.built(endsEarly ? joined : y),
      (0..<4).map { _ in [random.tensor([1, steps, width], in: -1...1)] }
    )
  }

  /// Every product in integers, as each softmax and normalization, and no byte is moved.
  @Test(arguments: [false, true]) func attentionIsClose(isPacked: Bool) throws {
    let (graph, samples) = try attention(isPacked: isPacked)
    let model = try graph.quantized(on: samples)
    #expect(model.floatNodes.isEmpty, "\(model.floatNodes)")
    try expectClose(graph, samples, atLeast: 25)
    let opcodes = try Lowering.lower(model).opcodes()
    #expect(!opcodes.contains(PITH_OP_COPY), "\(opcodes)")
  }

  @Test(arguments: [-10_000, -1e9, -.greatestFiniteMagnitude, -.infinity] as [Float])
  func masksLeaveLevelsToTheScores(_ fill: Float) throws {
    let (graph, samples) = try attention(masking: fill, endsEarly: true)
    let model = try graph.quantized(on: samples)
    #expect(model.floatNodes.isEmpty, "\(model.floatNodes)")
    try expectClose(graph, samples, atLeast: 28)
  }

  /// A constant may be low without masking anything: the scores are as high.
  @Test func whatIsNotBelowAllScoresIsNoMask() throws {
    var network = SmallNetwork(seed: 41)
    let x = network.input([1, 4, 8])
    func offsets(_ size: Float) -> ValueID {
      network.constant(Tensor(shape: [8], floats: (0..<8).map { $0 < 4 ? size : 0 }))
    }
    let sum = network.add(Add(), network.add(Add(), x, offsets(1500)), offsets(-1500))
    let weights = network.add(Softmax(axis: -1), sum)
    let y = network.add(MatMul(), weights, network.constant([8, 3]))
    let graph = try network.built(y)
    var random = SeededRandom(seed: 42)
    let samples = (0..<4).map { _ in [random.tensor([1, 4, 8], in: -100...100)] }
    let model = try graph.quantized(on: samples)
    let range = try #require(model.activations[sum]?.range)
    #expect(range.lowerBound < -90 && range.upperBound < 300, "\(range)")
  }

  /// Heads that leave the network, as floats, or are read by something else than a product.
  @Test(arguments: [[0, 2, 1, 3], [0, 2, 3, 1], [0, 3, 1, 2]])
  func partsOfMapsLeaveTheNetwork(_ order: [Int]) throws {
    var network = SmallNetwork(seed: 43)
    let y = network.add(MatMul(), network.input([1, 10, 16]), network.constant([16, 24]))
    let parts = network.add(Reshape(), y, network.constant(Tensor(ints: [1, 10, 3, 8])))
    let heads = network.add(Transpose(permutation: order), parts)
    let other = network.add(Tanh(), heads)
    let graph = try network.built(heads, other)
    var random = SeededRandom(seed: 44)
    try expectClose(graph, (0..<4).map { _ in [random.tensor([1, 10, 16], in: -1...1)] }, atLeast: 35)
  }
}

/// Networks that remember: fed in parts, they say what they say of the whole.
@Suite struct StreamingTests {
  private func streaming(_ op: any Recurrent, steps: Int) throws -> (graph: Graph, states: [String: String]) {
    var network = SmallNetwork(seed: 61)
    let rows = type(of: op).gateCount * op.hiddenSize
    let x = network.input([steps, 1, 6])
    let h = network.input([1, 1, op.hiddenSize], "h")
    let c = op is LSTM ? network.input([1, 1, op.hiddenSize], "c") : nil
    let operands = [
      x, network.constant([1, rows, 6], in: -0.6...0.6),
      network.constant([1, rows, op.hiddenSize], in: -0.4...0.4), nil, nil, h, c,
    ]
    let outputs = network.graph.add(
      op, Array(operands.prefix(c == nil ? 6 : 7)), name: "cell",
      outputs: c == nil ? ["y", "hn"] : ["y", "hn", "cn"])
    for output in outputs { network.graph.markOutput(output) }
    return (try network.built(), c == nil ? ["h": "hn"] : ["h": "hn", "c": "cn"])
  }

  @Test(arguments: [
    LSTM(hiddenSize: 10) as any Recurrent, GRU(hiddenSize: 9, linearBeforeReset: true), RNN(hiddenSize: 8),
  ])
  func partsGiveWhatTheWholeGives(_ op: any Recurrent) throws {
    var random = SeededRandom(seed: 62)
    let sequence = random.tensor([12, 1, 6], in: -1...1)
    let values = try #require(sequence.floats)
    let zeros = [Float](repeating: 0, count: op.hiddenSize)
    func model(steps: Int) throws -> PithModel {
      let (graph, states) = try streaming(op, steps: steps)
      // The same ranges for both: those of the whole.
      let (whole, _) = try streaming(op, steps: 12)
      let start = Tensor(shape: [1, 1, op.hiddenSize], floats: zeros)
      let inputs = [sequence, start] + (op is LSTM ? [start] : [])
      var quantized = try whole.quantized(on: [inputs], QuantizationSettings(states: states))
      quantized.graph = graph
      return try PithModel(bytes: try Lowering.lower(quantized).bytes)
    }
    let whole = PithSession(try model(steps: 12))
    let expected = try whole.run(inputs: [values])[0]
    #expect(whole.model.inputs.map(\.name) == ["x"] && whole.model.outputs.map(\.name) == ["y"])
    let part = PithSession(try model(steps: 3))
    #expect(part.model.states.map(\.name) == (op is LSTM ? ["h", "c"] : ["h"]))
    func stream(_ session: PithSession) throws -> [Float] {
      try (0..<4).flatMap { try session.run(inputs: [Array(values[($0 * 18)..<(($0 + 1) * 18)])])[0] }
    }
    #expect(try stream(part) == expected)
    // It goes on where it stopped, until it is reset.
    #expect(try stream(part) != expected)
    part.reset()
    #expect(try stream(part) == expected)
    // Another session goes on with what this one saved.
    part.reset()
    let first = try part.run(inputs: [Array(values[0..<18])])[0]
    let other = PithSession(part.model)
    try other.restoreState(part.saveState())
    let rest = try (1..<4).flatMap { try other.run(inputs: [Array(values[($0 * 18)..<(($0 + 1) * 18)])])[0] }
    #expect(first + rest == expected)
    #expect(throws: PithError.self) { try other.restoreState([[1]]) }
  }

  @Test func statesMustFit() throws {
    let (graph, _) = try streaming(RNN(hiddenSize: 8), steps: 2)
    #expect(throws: GraphError.self) { try graph.states(["z": "hn"]) }
    #expect(throws: GraphError.self) { try graph.states(["h": "z"]) }
    #expect(throws: GraphError.self) { try graph.states(["x": "hn"]) }
    #expect(throws: GraphError.self) { try graph.states(["h": "y"]) }
  }
}
