import CPith
import PithGraph
import PithHost
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

/// A convolution takes one of several ways to instructions; all give the same bytes.
@Suite struct ConvolutionPathTests {
  struct FirstLayer: CustomTestStringConvertible {
    var channels: Int
    var kernel: [Int]
    var op: Conv
    var size = [9, 11]
    var testDescription: String { "\(channels) channels, \(kernel), \(op.strides), \(op.padding)" }
  }

  static let firstLayers: [FirstLayer] = [
    FirstLayer(channels: 1, kernel: [3, 3], op: Conv(padding: .explicit(begin: [1, 1], end: [1, 1]))),
    FirstLayer(channels: 3, kernel: [3, 3], op: Conv(strides: [2, 2], padding: .sameUpper)),
    FirstLayer(
      channels: 3, kernel: [7, 7], op: Conv(strides: [2, 2], padding: .sameLower), size: [15, 16]),
    FirstLayer(channels: 1, kernel: [5, 5], op: Conv(activation: .relu)),
    FirstLayer(
      channels: 2, kernel: [3, 2],
      op: Conv(strides: [1, 3], padding: .explicit(begin: [0, 2], end: [3, 1]), activation: .clip(0, 0.5))),
    FirstLayer(channels: 3, kernel: [1, 5], op: Conv(dilations: [2, 1])),
    FirstLayer(channels: 6, kernel: [3, 3], op: Conv(dilations: [2, 1], padding: .sameUpper)),
  ]

  /// Whether a tap of some convolution is more than a pixel: the sign of a merged first layer.
  private func hasMergedLayer(_ program: Program) throws -> Bool {
    let model = try PithModel(bytes: program.bytes)
    return (0..<model.instructionCount).contains { number in
      let record = model.instruction(number)
      return record.opcode == UInt16(PITH_OP_CONV.rawValue)
        && record.window.tap_bytes > Int32(model.tensor(Int(record.inputs.0)).pixel_stride)
    }
  }

  @Test(arguments: firstLayers)
  func aMergedFirstLayerGivesTheSameBytes(_ layer: FirstLayer) throws {
    /// The convolution; where `readsBytesFirst` another node has the input as bytes before it.
    func network(readsBytesFirst: Bool) throws -> Graph {
      var network = SmallNetwork(seed: 3)
      let x = network.input([1, layer.channels] + layer.size)
      let weights = network.constant([18, layer.channels] + layer.kernel)
      let bias = network.constant([18])
      let other = readsBytesFirst ? network.add(LeakyRelu(alpha: 0.5), x) : nil
      let y = network.add(layer.op, x, weights, bias)
      return try other.map { try network.built(y, $0) } ?? network.built(y)
    }
    var random = SeededRandom(seed: 4)
    let samples = (0..<4).map { _ in
      [random.tensor([1, layer.channels] + layer.size, in: -0.7...1.3)]
    }
    let merged = try Lowering.lower(network(readsBytesFirst: false).quantized(on: samples))
    let plain = try Lowering.lower(network(readsBytesFirst: true).quantized(on: samples))
    #expect(try hasMergedLayer(merged))
    #expect(try !hasMergedLayer(plain))
    #expect(try merged.outputs(samples).map { $0[0] } == plain.outputs(samples).map { $0[0] })
  }

  @Test func manyChannelsAreNotMerged() throws {
    var network = SmallNetwork(seed: 5)
    let x = network.input([1, 4, 6, 6])
    let y = network.add(Conv(), x, network.constant([8, 4, 3, 3]))
    let samples = [[network.random.tensor([1, 4, 6, 6])]]
    #expect(try !hasMergedLayer(Lowering.lower(try network.built(y).quantized(on: samples))))
  }

  struct Groups: CustomTestStringConvertible {
    var groups: Int
    var inputs: Int
    var outputs: Int
    /// Instructions expected.
    var instructions: Int
    var opcode: pith_opcode
    var testDescription: String { "\(groups) groups, \(inputs) to \(outputs) channels" }
  }

  static let groups: [Groups] = [
    // Whole words of channels: an instruction a group.
    Groups(groups: 2, inputs: 8, outputs: 24, instructions: 2, opcode: PITH_OP_CONV),
    Groups(groups: 4, inputs: 32, outputs: 16, instructions: 4, opcode: PITH_OP_CONV),
    // Not so: one with zeros between the groups.
    Groups(groups: 2, inputs: 6, outputs: 8, instructions: 1, opcode: PITH_OP_CONV),
    Groups(groups: 3, inputs: 12, outputs: 9, instructions: 1, opcode: PITH_OP_CONV),
    Groups(groups: 5, inputs: 5, outputs: 10, instructions: 1, opcode: PITH_OP_CONV),
    Groups(groups: 18, inputs: 18, outputs: 18, instructions: 1, opcode: PITH_OP_DEPTHWISE),
  ]

  @Test(arguments: groups, [1, 2])
  func groupsGiveTheBytesOfTheDenseLayer(_ groups: Groups, stride: Int) throws {
    var random = SeededRandom(seed: groups.inputs)
    let (perGroup, outputsPerGroup) = (groups.inputs / groups.groups, groups.outputs / groups.groups)
    let weights = random.floats(groups.outputs * perGroup * 9)
    var dense = [Float](repeating: 0, count: groups.outputs * groups.inputs * 9)
    for output in 0..<groups.outputs {
      for channel in 0..<perGroup {
        let input = output / outputsPerGroup * perGroup + channel
        for tap in 0..<9 {
          dense[(output * groups.inputs + input) * 9 + tap] = weights[(output * perGroup + channel) * 9 + tap]
        }
      }
    }
    let bias = random.tensor([groups.outputs])
    func network(_ weights: Tensor, groups count: Int) throws -> Graph {
      var network = SmallNetwork(seed: 1)
      let x = network.input([1, groups.inputs, 8, 7])
      let op = Conv(strides: [stride, stride], padding: .sameUpper, groups: count, activation: .relu)
      let (w, b) = (network.constant(weights), network.constant(bias))
      let y = network.add(op, x, w, b)
      return try network.built(y)
    }
    let samples = (0..<3).map { _ in [random.tensor([1, groups.inputs, 8, 7])] }
    let shape = [groups.outputs, perGroup, 3, 3]
    let grouped = try network(Tensor(shape: shape, floats: weights), groups: groups.groups).quantized(
      on: samples)
    let split = try Lowering.lower(grouped)
    var dense8 = try network(Tensor(shape: [groups.outputs, groups.inputs, 3, 3], floats: dense), groups: 1)
      .quantized(on: samples)
    // The engine sums the two in another order, which moves the last bit of a range.
    for (id, parameters) in grouped.activations { dense8.activations[id] = parameters }
    dense8.biases = Dictionary(uniqueKeysWithValues: zip(dense8.biases.keys, grouped.biases.values))
    // Without the blocks that no group shares it would be block-sparse.
    let whole = try Lowering.lowered(dense8, preference: nil)
    #expect(try split.opcodes().filter { $0 == groups.opcode }.count == groups.instructions)
    #expect(try split.outputs(samples) == whole.outputs(samples))
    #expect(split.multiplyAdds * groups.groups == whole.multiplyAdds)
  }
}
