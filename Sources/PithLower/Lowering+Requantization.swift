import CPith
import PithGraph
import PithPasses

extension Lowering {
  /// The clamp of a fused activation in the output's units.
  static func clamp(_ activation: Activation?, _ parameters: QuantizationParameters) -> (
    low: Int32, high: Int32
  ) {
    guard let bounds = activation?.bounds else { return (0, 255) }
    func level(_ real: Float) -> Int32 {
      let level = Double(real) / Double(parameters.scale) + Double(parameters.zeroPoint)
      return Int32(Swift.min(255, Swift.max(0, level.rounded(.toNearestOrEven))))
    }
    let low = level(bounds.lowerBound)
    return (low, Swift.max(low, level(bounds.upperBound)))
  }

  /// Stores biases, zero point folded in, and multipliers, both padded to 16 channels.
  mutating func addRequantization(
    biases: [Int32], multipliers: [Float]
  ) -> (bias: UInt32, multiplier: UInt32, bytes: Int) {
    let padded = biases.count.roundedUp(to: 16)
    let bias = ByteBlob.bytes(of: biases + Array(repeating: 0, count: padded - biases.count))
    let scale = ByteBlob.bytes(of: multipliers + Array(repeating: 0, count: padded - multipliers.count))
    return (
      UInt32(builder.constants.add(bias, alignment: 64)), UInt32(builder.constants.add(scale, alignment: 64)),
      bias.count + scale.count
    )
  }

  /// The multiplier of each channel: m = s_x · s_w / s_y in Double, rounded once.
  static func multipliers(
    _ x: QuantizationParameters, _ weights: ArraySlice<Float>, _ y: QuantizationParameters
  ) -> [Float] {
    weights.map { Float(Double(x.scale) * Double($0) / Double(y.scale)) }
  }

  /// A table of what a function makes of each byte, computed in Double.
  mutating func addTable(
    from x: QuantizationParameters, to y: QuantizationParameters, _ function: (Double) -> Double
  ) -> UInt32 {
    let table = (0...255).map { byte -> UInt8 in
      let real = Double(byte - x.zeroPoint) * Double(x.scale)
      let level = (function(real) / Double(y.scale)).rounded(.toNearestOrEven) + Double(y.zeroPoint)
      return level >= 0 ? UInt8(Swift.min(255, level)) : 0
    }
    return UInt32(builder.constants.add(table, alignment: 64))
  }

  /// Lowers a function of one operand to a table.
  /// - Parameter operand: the operand, where it is not the first.
  mutating func lowerTable(_ node: Node, of operand: ValueID? = nil, _ function: (Double) -> Double) throws {
    let input = try operand ?? graph.operand(node, 0)
    let source = try bytes(input)
    let output = node.outputs[0]
    let table = addTable(from: try parameters(input), to: try parameters(output), function)
    let target = try defineBytes(output, layout: source.layout)
    builder.emit(PITH_OP_LOOKUP, inputs: [source.tensor], output: target.tensor, inPlace: true) {
      $0.table = table
    }
    account(node, bytes: 256)
  }
}
