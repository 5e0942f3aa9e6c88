import CPith

/// What one instruction has to do, whatever runs it.
public struct InstructionWork: Sendable, Hashable {
  /// Of int8 dot products; 0 for what has none.
  public var multiplyAdds: Int
  /// Packed weights that it reads.
  public var weightBytes: Int
  /// What it reads and writes of maps and bound buffers, each byte once.
  public var inputBytes: Int
  public var outputBytes: Int
  /// All that has to come and go at least.
  public var bytes: Int { weightBytes + inputBytes + outputBytes }
}

extension PithModel {
  /// The work of instruction `number`, from its record.
  public func work(_ number: Int) -> InstructionWork {
    let record = instruction(number)
    let output = tensor(Int(record.output))
    // The validator leaves alone what an opcode does not name, such as the operands of a fill.
    let inputs = [record.inputs.0, record.inputs.1].prefix(Self.operandCount(record)).filter {
      Int($0) < tensorCount
    }
    let blocks = sparseBlocks(number)
    let weights = blocks.map { 64 * $0.kept } ?? Self.weightBytes(record, output)
    var work = InstructionWork(
      multiplyAdds: multiplyAdds(record, output), weightBytes: weights,
      inputBytes: inputs.reduce(0) { $0 + Int(tensor(Int($1)).bytes) }, outputBytes: Int(output.bytes))
    if let blocks { work.multiplyAdds = work.multiplyAdds / max(blocks.total, 1) * blocks.kept }
    return work
  }

  private static func operandCount(_ record: pith_instruction) -> Int {
    switch UInt32(record.opcode) {
    case PITH_OP_FILL.rawValue, PITH_OP_F32_FILL.rawValue: 0
    case PITH_OP_ADD.rawValue, PITH_OP_MULTIPLY.rawValue, PITH_OP_MATMUL.rawValue, PITH_OP_EMBED.rawValue,
      PITH_OP_F32_CONV.rawValue, PITH_OP_F32_MATMUL.rawValue, PITH_OP_F32_BINARY.rawValue:
      2
    case PITH_OP_CONV.rawValue, PITH_OP_CONV_SPARSE.rawValue:
      UInt32(record.flags) & PITH_CONV_ADDS != 0 ? 2 : 1
    default: 1
    }
  }

  private func multiplyAdds(_ record: pith_instruction, _ output: pith_tensor) -> Int {
    let window = record.window
    let taps = Int(window.kernel_h) * Int(window.kernel_w)
    let pixels = output.pixelCount
    switch UInt32(record.opcode) {
    case PITH_OP_CONV.rawValue, PITH_OP_CONV_SPARSE.rawValue:
      let pools = UInt32(record.flags) & PITH_CONV_POOLS != 0
      return pixels * (pools ? 4 : 1) * taps * Int(window.tap_bytes) * Int(window.extent)
    case PITH_OP_DEPTHWISE.rawValue: return pixels * taps * output.channels
    case PITH_OP_MATMUL.rawValue:
      let isBeside = UInt32(record.flags) & PITH_MATMUL_OUTPUT_BESIDE != 0
      return pixels * Int(window.tap_bytes) * Int(window.extent) * (isBeside ? Int(record.immediate_i) : 1)
    case PITH_OP_RECURRENT.rawValue:
      return pixels * Self.weightBytes(record, output)
    default: return 0
    }
  }

  private static func weightBytes(_ record: pith_instruction, _ output: pith_tensor) -> Int {
    func padded(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }
    let window = record.window
    let (height, width) = (Int(window.kernel_h), Int(window.kernel_w))
    switch UInt32(record.opcode) {
    case PITH_OP_CONV.rawValue:
      return padded(Int(window.extent), to: 16) * height * width * Int(window.tap_bytes)
    case PITH_OP_DEPTHWISE.rawValue:
      return padded(output.channels, to: 16) * width * padded(height, to: 4)
    case PITH_OP_RECURRENT.rawValue:
      let cell = record.recurrent
      // Of RNN, both forms of GRU, and LSTM.
      let gates = [1, 3, 3, 4][Int(cell.kind)]
      return gates * padded(Int(cell.hidden), to: 16)
        * (Int(cell.tap_bytes) + padded(Int(cell.hidden), to: 4))
    default: return 0
    }
  }
}
