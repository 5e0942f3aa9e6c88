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

  /// Where the constants of a layer's requantization are.
  struct Requantization {
    fileprivate var bias: UInt32
    fileprivate var multiplier: UInt32
    /// What codes of multipliers are in units of; 0 where there are none.
    fileprivate var unit: Float
    /// Bytes of constants.
    var bytes: Int

    func apply(to instruction: inout pith_instruction) {
      (instruction.bias, instruction.multiplier) = (bias, multiplier)
      instruction.immediate_f.0 = unit
    }
  }

  /// Stores biases, zero point folded in, and the multipliers m = s_x · s_w / s_y of the channels, both padded to 16.
  ///
  /// Where the scales of the weights are on one grid, a byte stands for a multiplier.
  mutating func addRequantization(
    biases: [Int32], _ x: QuantizationParameters, _ weights: ArraySlice<Float>, _ y: QuantizationParameters
  ) -> Requantization {
    let padding = biases.count.roundedUp(to: 16) - biases.count
    let bias = ByteBlob.bytes(of: biases + Array(repeating: 0, count: padding))
    // In Double, rounded once.
    func multiplier(_ scale: Float) -> Float { Float(Double(x.scale) * Double(scale) / Double(y.scale)) }
    let place = UInt32(builder.constants.add(bias, alignment: 64))
    if let grid = ScaleGrid(holding: weights) {
      let codes = weights.map(grid.code(of:)) + Array(repeating: 0, count: padding)
      return Requantization(
        bias: place, multiplier: UInt32(builder.constants.add(codes, alignment: 16)) | 1,
        unit: multiplier(grid.unit),
        bytes: bias.count + codes.count)
    }
    let multipliers = ByteBlob.bytes(of: weights.map(multiplier) + Array(repeating: 0, count: padding))
    return Requantization(
      bias: place, multiplier: UInt32(builder.constants.add(multipliers, alignment: 64)), unit: 0,
      bytes: bias.count + multipliers.count)
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
    builder.emit(PITH_OP_LOOKUP, inputs: [source.tensor], output: target.tensor, inPlace: 0) {
      $0.table = table
    }
    account(node, bytes: 256)
  }
}
