import CPith
import PithGraph
import PithHost
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

/// A max pool behind a convolution is part of it, and changes no byte.
@Suite struct FusedPoolTests {
  struct Case: CustomTestStringConvertible {
    var channels = 1
    var op = Conv(padding: .explicit(begin: [1, 1], end: [1, 1]), activation: .relu)
    var pool = Window(kernel: [2, 2], strides: [2, 2])
    var size = [12, 15]
    var outputs = 18
    var testDescription: String { "\(channels) channels, \(op), \(pool), \(size)" }

    /// Two such layers; where `keeps` the convolutions' outputs are graph outputs, too, and so must exist.
    func network(keeps: Bool) throws -> Graph {
      var network = SmallNetwork(seed: 7)
      let x = network.input([1, channels] + size)
      let first = network.add(
        op, x, network.constant([outputs, channels / op.groups, 3, 3]), network.constant([outputs]))
      let pooled = network.add(MaxPool(window: pool), first)
      let y = network.add(
        Conv(padding: .sameUpper), pooled, network.constant([5, outputs, 3, 3]), network.constant([5]))
      return try keeps ? network.built(y, first) : network.built(y)
    }
    var samples: [[Tensor]] {
      var random = SeededRandom(seed: 8)
      return (0..<3).map { _ in [random.tensor([1, channels] + size, in: -0.7...1.3)] }
    }
  }

  static let fused: [Case] = [
    Case(), Case(channels: 3, op: Conv(strides: [1, 2], padding: .sameUpper)), Case(channels: 4),
    Case(channels: 8, op: Conv(activation: .clip(0, 0.5)), size: [9, 8]),
    Case(channels: 8, op: Conv(groups: 2, activation: .relu), outputs: 24),
    // Rounded up or down, an even map gives the same.
    Case(pool: Window(kernel: [2, 2], strides: [2, 2], ceilMode: true), size: [12, 14]),
  ]
  static let apart: [Case] = [
    Case(pool: Window(kernel: [2, 2], strides: [2, 2], ceilMode: true)),
    Case(pool: Window(kernel: [3, 3], strides: [2, 2])),
    Case(pool: Window(kernel: [2, 2], strides: [1, 2])),
    Case(pool: Window(kernel: [2, 2], strides: [2, 2], dilations: [1, 2])),
    Case(pool: Window(kernel: [2, 2], strides: [2, 2], padding: .explicit(begin: [1, 0], end: [0, 0]))),
    Case(channels: 18, op: Conv(groups: 18)),
  ]

  private func pools(_ program: Program) throws -> Int {
    try program.opcodes().filter { $0 == PITH_OP_MAX_POOL }.count
  }

  @Test(arguments: fused) func givesTheSameBytes(_ c: Case) throws {
    let one = try Lowering.lower(c.network(keeps: false).quantized(on: c.samples))
    let two = try Lowering.lower(c.network(keeps: true).quantized(on: c.samples))
    #expect(try pools(one) == 0)
    #expect(try pools(two) == 1)
    #expect(try one.outputs(c.samples).map { $0[0] } == two.outputs(c.samples).map { $0[0] })
    #expect(one.multiplyAdds == two.multiplyAdds)
    #expect(one.arenaBytes < two.arenaBytes)
    let kept = try Lowering.lower(
      c.network(keeps: false).quantized(on: c.samples), keepsIntermediates: true)
    #expect(try kept.outputs(c.samples) == one.outputs(c.samples))
  }

  @Test(arguments: apart) func otherPoolsStay(_ c: Case) throws {
    let program = try Lowering.lower(c.network(keeps: false).quantized(on: c.samples))
    #expect(try pools(program) == 1)
  }

  @Test func aMapThatTwoReadIsKept() throws {
    var network = SmallNetwork(seed: 9)
    let x = network.input([1, 4, 8, 8])
    let first = network.add(Conv(), x, network.constant([8, 4, 3, 3]))
    let pooled = network.add(MaxPool(window: Window(kernel: [2, 2], strides: [2, 2])), first)
    let other = network.add(LeakyRelu(alpha: 0.5), first)
    let samples = [[network.random.tensor([1, 4, 8, 8])]]
    let program = try Lowering.lower(network.built(pooled, other).quantized(on: samples))
    #expect(try pools(program) == 1)
  }

  @Test func aSparseLayerKeepsItsPool() throws {
    var network = SmallNetwork(seed: 10)
    let x = network.input([1, 16, 8, 8])
    var weights = network.random.floats(16 * 16 * 9)
    // Every input channel but the first four is unused.
    for index in weights.indices where index / 9 % 16 >= 4 { weights[index] = 0 }
    let first = network.add(Conv(), x, network.constant(Tensor(shape: [16, 16, 3, 3], floats: weights)))
    let pooled = network.add(MaxPool(window: Window(kernel: [2, 2], strides: [2, 2])), first)
    let samples = [[network.random.tensor([1, 16, 8, 8])]]
    let model = try network.built(pooled).quantized(on: samples)
    let sparse = try Lowering.lower(model)
    #expect(try sparse.opcodes().contains(PITH_OP_CONV_SPARSE))
    #expect(try pools(sparse) == 1)
    let dense = try Lowering.lowered(model, preference: nil)
    #expect(try pools(dense) == 0)
    #expect(try dense.outputs(samples) == sparse.outputs(samples))
  }
}
