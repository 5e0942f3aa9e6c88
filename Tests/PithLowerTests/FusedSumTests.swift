import CPith
import PithEngine
import PithGraph
import PithHost
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

/// Layers that add something to their sums before they round, and threads that share their work.
@Suite struct FusedSumTests {
  private static let size = [1, 16, 24, 24]

  /// Two blocks of a residual network: one whose shortcut is its input, and one with a convolution in it.
  private func residual() throws -> Graph {
    var network = SmallNetwork(seed: 11)
    let x = network.input(Self.size)
    func convolution(_ input: ValueID, _ weights: [Int], relu: Bool, strides: [Int] = [1, 1]) -> ValueID {
      network.add(
        Conv(strides: strides, padding: .sameUpper, activation: relu ? .relu : nil), input,
        network.constant(weights), network.constant([weights[0]]))
    }
    let stem = convolution(x, [16, 16, 1, 1], relu: true)
    let first = convolution(convolution(stem, [16, 16, 3, 3], relu: true), [16, 16, 3, 3], relu: false)
    let sum = network.add(Add(activation: .relu), first, stem)
    let shortcut = convolution(sum, [36, 16, 1, 1], relu: false, strides: [2, 2])
    let second = convolution(
      convolution(sum, [20, 16, 3, 3], relu: true, strides: [2, 2]), [36, 20, 3, 3], relu: false)
    let last = network.add(Add(), shortcut, second)
    return try network.built(last)
  }

  private func samples(_ shape: [Int], seed: Int = 5) -> [[Tensor]] {
    var random = SeededRandom(seed: seed)
    return (0..<4).map { _ in [random.tensor(shape)] }
  }

  private func opcodes(_ program: Program) throws -> [UInt32] {
    let model = try PithModel(bytes: program.bytes)
    return (0..<model.instructionCount).map { UInt32(model.instruction($0).opcode) }
  }

  @Test func convolutionsAdd() throws {
    let graph = try residual()
    let samples = samples(Self.size)
    let model = try graph.quantized(on: samples)
    #expect(try model.unroundedSums().count == 2)
    let program = try Lowering.lower(model)
    #expect(try !opcodes(program).contains(PITH_OP_ADD.rawValue))
    var kept = model
    kept.isKept = true
    let plain = try Lowering.lower(kept)
    #expect(try opcodes(plain).count { $0 == PITH_OP_ADD.rawValue } == 2)

    let engine = try FloatEngine(graph)
    func noise(_ program: Program) throws -> Double {
      let session = PithSession(try PithModel(bytes: program.bytes))
      let results = try samples.flatMap { try session.run(inputs: [$0[0].floats ?? []])[0] }
      return Closeness.decibels(results, try samples.flatMap { try engine.run($0)[0].floats ?? [] })
    }
    // One rounding less.
    let (fused, separate) = (try noise(program), try noise(plain))
    #expect(fused > 30 && fused > separate, "\(fused) and \(separate) dB")
  }

  @Test func productsAdd() throws {
    var network = SmallNetwork(seed: 12)
    let x = network.input([1, 40, 32])
    let first = network.add(Relu(), network.add(MatMul(), x, network.constant([32, 32])))
    let second = network.add(MatMul(), first, network.constant([32, 32]))
    let sum = network.add(Add(), second, first)
    let graph = try network.built(sum)
    let samples = samples([1, 40, 32])
    let program = try Lowering.lower(try graph.quantized(on: samples))
    #expect(try !opcodes(program).contains(PITH_OP_ADD.rawValue))
    let session = PithSession(try PithModel(bytes: program.bytes))
    let engine = try FloatEngine(graph)
    for sample in samples {
      let result = try session.run(inputs: [sample[0].floats ?? []])[0]
      #expect(Closeness.decibels(result, try engine.run(sample)[0].floats ?? []) > 30)
    }
  }

  /// Rows, pixels, channels and matrices are shared; nothing of it is seen in the output.
  @Test(arguments: [2, 3, 5])
  func threadsChangeNothing(_ threads: Int) throws {
    var network = SmallNetwork(seed: 13)
    let x = network.input([1, 96, 64])
    let query = network.add(MatMul(), x, network.constant([64, 192]))
    let scores = network.add(
      MatMul(), query, network.add(Transpose(permutation: [0, 2, 1]), query))
    let weights = network.add(Softmax(axis: 2), scores)
    let values = network.add(MatMul(), weights, query)
    let attention = try network.built(values)
    for (graph, shape) in [(try residual(), Self.size), (attention, [1, 96, 64])] {
      let samples = samples(shape)
      let program = try Lowering.lower(try graph.quantized(on: samples))
      for isa in PithISA.available {
        let model = try PithModel(bytes: program.bytes, isa: isa)
        let (alone, shared) = (
          PithSession(model), PithSession(model, pool: ThreadPool(threads: threads))
        )
        for sample in samples {
          let input = [sample[0].floats ?? []]
          #expect(try alone.run(inputs: input) == shared.run(inputs: input), "\(isa)")
        }
      }
    }
  }
}
