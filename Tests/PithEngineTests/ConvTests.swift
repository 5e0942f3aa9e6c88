import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// One convolution: `[batch, channels, spatial…]` by `[filters, channels / groups, kernel…]`.
struct ConvCase: Sendable, CustomTestStringConvertible {
  var batch = 2
  var channels: Int
  var filters: Int
  var input: [Int]
  var kernel: [Int]
  var strides: [Int] = [1, 1]
  var dilations: [Int] = [1, 1]
  var padding: Padding = .none(2)
  var groups = 1
  var hasBias = true
  var activation: Activation?
  var seed = 1

  var testDescription: String {
    "\(batch)×\(channels)×\(input) → \(filters), kernel \(kernel), strides \(strides), dilations \(dilations), "
      + "\(padding), groups \(groups), activation \(String(describing: activation))"
  }

  var op: Conv {
    Conv(strides: strides, dilations: dilations, padding: padding, groups: groups, activation: activation)
  }

  var operands: [Tensor?] {
    var random = SeededRandom(seed: seed)
    return [
      random.tensor([batch, channels] + input), random.tensor([filters, channels / groups] + kernel),
      hasBias ? random.tensor([filters]) : nil,
    ]
  }

  static func same(_ pad: Int, _ rank: Int = 2) -> Padding {
    .explicit(begin: Array(repeating: pad, count: rank), end: Array(repeating: pad, count: rank))
  }

  /// By matrix products: tiles of planes, tiles that several images share, and products without columns.
  static let dense: [ConvCase] = [
    ConvCase(channels: 1, filters: 1, input: [1, 1], kernel: [1, 1]),
    ConvCase(channels: 3, filters: 5, input: [7, 9], kernel: [3, 3]),
    ConvCase(channels: 3, filters: 5, input: [7, 9], kernel: [3, 3], padding: same(1), activation: .relu),
    ConvCase(batch: 33, channels: 4, filters: 6, input: [7, 7], kernel: [3, 3], padding: same(1)),
    ConvCase(batch: 130, channels: 5, filters: 3, input: [2, 2], kernel: [2, 2], hasBias: false),
    ConvCase(batch: 1, channels: 2, filters: 3, input: [40, 70], kernel: [3, 3], padding: same(1)),
    ConvCase(batch: 5, channels: 2, filters: 3, input: [40, 70], kernel: [5, 3], padding: same(2)),
    ConvCase(channels: 2, filters: 3, input: [3, 1500], kernel: [2, 5], padding: same(2)),
    ConvCase(channels: 2, filters: 4, input: [11, 13], kernel: [3, 3], strides: [2, 2], padding: same(1)),
    ConvCase(
      channels: 2, filters: 4, input: [11, 13], kernel: [3, 2], strides: [3, 2], padding: .sameUpper),
    ConvCase(
      channels: 2, filters: 4, input: [12, 13], kernel: [2, 4], strides: [1, 3], padding: .sameLower),
    ConvCase(channels: 2, filters: 4, input: [10, 10], kernel: [4, 4], padding: .sameLower),
    ConvCase(
      channels: 2, filters: 4, input: [12, 15], kernel: [3, 3], dilations: [2, 3], padding: same(3)),
    ConvCase(
      channels: 2, filters: 4, input: [14, 15], kernel: [3, 3], strides: [2, 3], dilations: [3, 2],
      padding: .explicit(begin: [0, 3], end: [4, 1])),
    ConvCase(channels: 3, filters: 2, input: [3, 3], kernel: [5, 5], padding: same(4)),
    ConvCase(channels: 2, filters: 2, input: [2, 2], kernel: [2, 2], padding: same(6), activation: .relu),
    ConvCase(
      channels: 3, filters: 4, input: [6, 6], kernel: [3, 3], hasBias: false, activation: .clip(-0.25, 0.5)),
    ConvCase(channels: 70, filters: 8, input: [6, 6], kernel: [3, 3], padding: same(1), hasBias: false),
    ConvCase(channels: 6, filters: 9, input: [12, 11], kernel: [1, 1], activation: .relu),
    ConvCase(batch: 40, channels: 6, filters: 9, input: [3, 3], kernel: [1, 1]),
    ConvCase(batch: 1, channels: 3, filters: 4, input: [60, 50], kernel: [1, 1], hasBias: false),
    ConvCase(channels: 6, filters: 9, input: [12, 11], kernel: [1, 1], strides: [2, 3]),
    ConvCase(channels: 3, filters: 4, input: [12, 11], kernel: [1, 1], padding: same(1)),
    // Far apart, yet what is read is little.
    ConvCase(
      channels: 2, filters: 3, input: [9, 9], kernel: [2, 2], strides: [(1 << 20) - 1, (1 << 20) - 1],
      dilations: [(1 << 20) - 1, (1 << 20) - 1], padding: same((1 << 20) - 1)),
  ]

  static let grouped: [ConvCase] = [
    ConvCase(channels: 4, filters: 6, input: [6, 7], kernel: [3, 3], padding: same(1), groups: 2),
    ConvCase(channels: 6, filters: 9, input: [9, 10], kernel: [1, 1], groups: 3, activation: .relu),
    ConvCase(
      batch: 9, channels: 6, filters: 3, input: [4, 5], kernel: [2, 2], groups: 3, activation: .relu),
    ConvCase(
      channels: 8, filters: 4, input: [33, 40], kernel: [3, 3], strides: [2, 1], groups: 4, hasBias: false),
  ]

  static let depthwise: [ConvCase] = [
    ConvCase(channels: 5, filters: 5, input: [7, 9], kernel: [3, 3], padding: same(1), groups: 5),
    ConvCase(
      channels: 3, filters: 6, input: [7, 9], kernel: [3, 3], padding: same(1), groups: 3, activation: .relu),
    ConvCase(
      channels: 3, filters: 3, input: [10, 9], kernel: [3, 3], strides: [2, 2], padding: same(1), groups: 3),
    ConvCase(
      channels: 2, filters: 2, input: [15, 14], kernel: [5, 5], strides: [2, 3], dilations: [1, 2],
      padding: same(2), groups: 2, hasBias: false, activation: .clip(0, 0.75)),
    ConvCase(channels: 2, filters: 2, input: [100, 90], kernel: [3, 3], padding: same(1), groups: 2),
    ConvCase(channels: 2, filters: 4, input: [2, 5000], kernel: [1, 4], strides: [1, 2], groups: 2),
    ConvCase(channels: 3, filters: 3, input: [4, 4], kernel: [4, 4], groups: 3),
  ]

  /// One, three and four spatial axes.
  static let otherRanks: [ConvCase] = [
    ConvCase(
      channels: 3, filters: 4, input: [17], kernel: [3], strides: [2], dilations: [2], padding: same(2, 1)),
    ConvCase(
      batch: 1, channels: 2, filters: 2, input: [9000], kernel: [4], strides: [1], dilations: [1],
      padding: .sameUpper),
    ConvCase(
      channels: 4, filters: 4, input: [19], kernel: [3], strides: [1], dilations: [1], padding: same(1, 1),
      groups: 4),
    ConvCase(
      channels: 2, filters: 3, input: [4, 5, 6], kernel: [3, 2, 3], strides: [2, 1, 2], dilations: [1, 2, 1],
      padding: same(1, 3), activation: .relu),
    ConvCase(
      channels: 3, filters: 3, input: [5, 4, 6], kernel: [2, 3, 3], strides: [1, 1, 1],
      dilations: [2, 1, 1], padding: same(1, 3), groups: 3),
    ConvCase(
      channels: 2, filters: 3, input: [5, 4, 6], kernel: [1, 1, 1], strides: [1, 1, 1],
      dilations: [1, 1, 1], padding: .none(3)),
    // As many outputs as inputs, but not the same ones.
    ConvCase(
      channels: 2, filters: 3, input: [4, 8, 8], kernel: [1, 1, 1], strides: [2, 1, 1],
      dilations: [1, 1, 1], padding: .explicit(begin: [2, 0, 0], end: [2, 0, 0])),
    ConvCase(
      batch: 1, channels: 2, filters: 2, input: [3, 2, 4, 3], kernel: [2, 2, 2, 2], strides: [1, 1, 2, 1],
      dilations: [1, 1, 1, 1], padding: same(1, 4)),
  ]
}

@Suite struct ConvTests {
  @Test(arguments: ConvCase.dense + ConvCase.grouped + ConvCase.depthwise + ConvCase.otherRanks)
  func agreesWithDirectConvolution(_ example: ConvCase) throws {
    let operands = example.operands
    let result = try example.op.evaluate(operands)
    #expect(result.count == 1)
    expectClose(result[0], Reference.convolution(example.op, operands.map { $0.map(Reference.init) }))
  }

  @Test func absentBiasMayBeLeftOut() throws {
    let example = ConvCase(channels: 2, filters: 3, input: [4, 4], kernel: [3, 3], hasBias: false)
    let short = try example.op.evaluate(Array(example.operands.prefix(2)))
    #expect(try short == example.op.evaluate(example.operands))
  }

  @Test func emptyBatchGivesEmptyOutput() throws {
    let example = ConvCase(batch: 0, channels: 2, filters: 3, input: [4, 4], kernel: [3, 3])
    #expect(try example.op.evaluate(example.operands) == [Tensor(shape: [0, 3, 2, 2], floats: [])])
  }

  @Test func mapWithoutElementsIsItsPadding() throws {
    let op = Conv(padding: ConvCase.same(1))
    let result = try op.evaluate([
      Tensor(shape: [1, 1, 0, 2], floats: []), Tensor(shape: [1, 1, 2, 2], floats: [1, 2, 3, 4]),
      Tensor(shape: [1], floats: [7]),
    ])
    #expect(result == [Tensor(shape: [1, 1, 1, 3], floats: [7, 7, 7])])
  }
}
