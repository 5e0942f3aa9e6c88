import CPith
import PithGraph
import PithHost
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

/// Layers with zero blocks of 16 outputs by 4 inputs are stored without them, and give the same bytes.
@Suite struct SparseLoweringTests {
  /// A layer of one operator.
  struct Layer: CustomTestStringConvertible {
    enum Kind: String { case gemm, matMul, conv, merged, groups }
    var kind: Kind
    /// The share of blocks that are not zero.
    var density: Double
    var testDescription: String { "\(kind.rawValue), \(density)" }

    /// The input's sizes.
    var input: [Int] {
      switch kind {
      case .gemm: [1, 512]
      case .matMul: [1, 6, 128]
      case .conv: [1, 16, 9, 7]
      case .merged: [1, 3, 12, 10]
      case .groups: [1, 24, 6, 6]
      }
    }

    func graph() throws -> Graph {
      var network = SmallNetwork(seed: 11)
      let x = network.input(input)
      switch kind {
      case .gemm:
        // [outputs][inputs]
        let w = network.constant(blockSparse([64, 512], &network.random))
        let y = network.add(Gemm(transposesB: true), x, w, network.constant([64]))
        return try network.built(y)
      case .matMul:
        let rows = blockSparse([48, 128], &network.random)
        let w = network.constant(rows.transposedMatrix)
        let y = network.add(MatMul(), x, w)
        return try network.built(y)
      case .conv, .merged:
        // The reduction's order is [ky][kx][channel]: the blocks are of channels at a tap.
        let channels = input[1]
        let blocks = blockSparse([40, 9 * channels.roundedUp(to: 4)], &network.random)
        let w = network.constant(blocks.asKernel(channels: channels, size: 3))
        let op = Conv(padding: .explicit(begin: [1, 1], end: [1, 1]), activation: .relu)
        let y = network.add(op, x, w, network.constant([40]))
        return try network.built(y)
      case .groups:
        // Groups of 3 channels, which no instruction can split: dense with zeros between the groups.
        let w = network.constant([48, 3, 3, 3])
        let y = network.add(Conv(padding: .sameUpper, groups: 8), x, w)
        return try network.built(y)
      }
    }

    private func blockSparse(_ sizes: [Int], _ random: inout SeededRandom) -> Tensor {
      SparseLoweringTests.blockSparse(sizes, density: density, &random)
    }
  }

  /// Random numbers, zero in all but a share of the blocks of 16 rows by 4 columns.
  static func blockSparse(_ sizes: [Int], density: Double, _ random: inout SeededRandom) -> Tensor {
    let (rows, columns) = (sizes[0], sizes[1])
    var values = random.floats(rows * columns)
    let blocks = (rows + 15) / 16 * (columns / 4)
    let kept = Set((0..<blocks).map { $0 * 7919 % blocks }.prefix(Int((Double(blocks) * density).rounded())))
    for row in 0..<rows {
      for column in 0..<columns where !kept.contains(row / 16 * (columns / 4) + column / 4) {
        values[row * columns + column] = 0
      }
    }
    return Tensor(shape: sizes, floats: values)
  }

  static let layers: [Layer] =
    [.gemm, .matMul, .conv].flatMap { kind in
      [0, 0.05, 0.25, 0.5].map { Layer(kind: kind, density: $0) }
    } + [Layer(kind: .merged, density: 0.25), Layer(kind: .groups, density: 1)]

  @Test(arguments: layers)
  func theSparseProgramGivesTheDenseOnesOutputs(_ layer: Layer) throws {
    var random = SeededRandom(seed: 12)
    let samples = (0..<3).map { _ in [random.tensor(layer.input)] }
    let model = try layer.graph().quantized(on: samples)
    let dense = try Lowering.lowered(model, preference: nil)
    let sparse = try Lowering.lower(model)
    #expect(try dense.opcodes().contains(PITH_OP_CONV))
    #expect(try sparse.opcodes().contains(PITH_OP_CONV_SPARSE))
    #expect(sparse.bytes.count < dense.bytes.count)
    let expected = try dense.outputs(samples)
    for isa in PithISA.available {
      let session = PithSession(try PithModel(bytes: sparse.bytes, isa: isa))
      #expect(try samples.map { try session.run(inputs: $0.map { $0.floats ?? [] }) } == expected, "\(isa)")
    }
    let node = try #require(model.graph.nodes.first)
    let blocks = try #require(sparse.weightBlocks[node.id])
    #expect(dense.weightBlocks[node.id] == .init(kept: blocks.total, total: blocks.total))
    #expect(dense.weightBytes - sparse.weightBytes == 64 * (blocks.total - blocks.kept))
    #expect(try #require(sparse.parameterBytes[node.id]) < (try #require(dense.parameterBytes[node.id])))
    let share = Double(sparse.multiplyAdds) / Double(dense.multiplyAdds)
    #expect(abs(share - Double(blocks.kept) / Double(blocks.total)) < 1e-3)
    if [.gemm, .matMul, .conv].contains(layer.kind) {
      // Zeros stay zeros through quantization, and only they are left out.
      #expect(blocks.kept == Int((layer.density * Double(blocks.total)).rounded()))
    }
  }

  @Test func threeQuartersOfAGemmMakeItsFileAQuarter() throws {
    var network = SmallNetwork(seed: 2)
    let x = network.input([1, 784])
    let w = network.constant(Self.blockSparse([256, 784], density: 0.25, &network.random))
    let y = network.add(Gemm(transposesB: true, activation: .relu), x, w, network.constant([256]))
    let samples = (0..<4).map { _ in [network.random.tensor([1, 784])] }
    let model = try network.built(y).quantized(on: samples)
    let dense = try Lowering.lowered(model, preference: nil)
    let sparse = try Lowering.lower(model)
    #expect(try dense.outputs(samples) == sparse.outputs(samples))
    // 200,704 bytes of weights to 50,176 and 1,600 of lists.
    #expect(dense.bytes.count - sparse.bytes.count > 148_000)
  }

  /// Where the two preferences disagree.
  @Test(arguments: [
    (Layer.Kind.gemm, 0.55, true), (.gemm, 0.65, false), (.gemm, 0.95, false), (.conv, 0.55, true),
    (.conv, 0.65, false), (.conv, 0.95, false), (.matMul, 0.55, true), (.matMul, 0.65, false),
  ])
  func theFormIsWhatIsPreferred(kind: Layer.Kind, density: Double, isFasterSparse: Bool) throws {
    let layer = Layer(kind: kind, density: density)
    var random = SeededRandom(seed: 12)
    let samples = [[random.tensor(layer.input)]]
    let model = try layer.graph().quantized(on: samples)
    let fast = try Lowering.lower(model, preference: .speed)
    let small = try Lowering.lower(model, preference: .size)
    #expect(try fast.opcodes().contains(PITH_OP_CONV_SPARSE) == isFasterSparse)
    #expect(try small.opcodes().contains(PITH_OP_CONV_SPARSE))
    #expect(isFasterSparse ? fast.bytes == small.bytes : small.bytes.count < fast.bytes.count)
    #expect(try fast.outputs(samples) == small.outputs(samples))
  }

  @Test func denseLayersStayDense() throws {
    for kind in [Layer.Kind.gemm, .conv] {
      let layer = Layer(kind: kind, density: 1)
      var random = SeededRandom(seed: 12)
      let model = try layer.graph().quantized(on: [[random.tensor(layer.input)]])
      let dense = try Lowering.lowered(model, preference: nil)
      for preference in ProgramPreference.allCases {
        #expect(try Lowering.lower(model, preference: preference).bytes == dense.bytes)
      }
    }
  }

  /// Lists lie in the order of their instructions, also where two layers are the same.
  @Test func equalLayersShareWeightsButNotLists() throws {
    var network = SmallNetwork(seed: 5)
    let x = network.input([1, 64])
    let w = network.constant(Self.blockSparse([64, 64], density: 0.25, &network.random))
    let first = network.add(Gemm(transposesB: true), x, w)
    let second = network.add(Gemm(transposesB: true), first, w)
    let samples = [[network.random.tensor([1, 64])]]
    let model = try network.built(second).quantized(on: samples)
    let sparse = try Lowering.lower(model)
    #expect(sparse.weightBytes == 16 * 64 * 64 / 64)
    #expect(try sparse.outputs(samples) == Lowering.lowered(model, preference: nil).outputs(samples))
  }

  @Test func keptBlocksAreThoseOfThePackedWeights() throws {
    var packed = [Int8](repeating: 0, count: 2 * 3 * 64)
    packed[64 + 5] = -3
    packed[5 * 64] = 1
    packed[4 * 64 + 63] = 2
    let sparse = try #require(BlockSparseWeights(packed, depth: 12))
    #expect(sparse.lists == [1, 1, 2, 1, 2])
    #expect(sparse.keptCount == 3 && sparse.blocks == Array(packed[64..<128] + packed[256..<384]))
    #expect(BlockSparseWeights([Int8](repeating: 0, count: 64 << 16), depth: 4 << 16) == nil)
  }
}

extension Tensor {
  fileprivate var transposedMatrix: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let values = floats ?? []
    return Tensor(
      shape: [columns, rows],
      floats: (0..<rows * columns).map { values[$0 % rows * columns + $0 / rows] })
  }

  /// Rows of [ky][kx][channels, padded to 4] as [outputs][channels][ky][kx].
  fileprivate func asKernel(channels: Int, size: Int) -> Tensor {
    let padded = shape[1] / (size * size)
    let values = floats ?? []
    var kernel: [Float] = []
    for output in 0..<shape[0] {
      for channel in 0..<channels {
        for tap in 0..<size * size { kernel.append(values[output * shape[1] + tap * padded + channel]) }
      }
    }
    return Tensor(shape: [shape[0], channels, size, size], floats: kernel)
  }
}
