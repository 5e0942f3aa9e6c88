import CPith

/// Checks an opened file, record by record, so that no later run can leave the file, the arena or the bound
/// buffers. Every check compares saturating counts (`Size`) or subtracts from a larger number: nothing here can
/// overflow or trap, whatever the bytes are.
struct Validator {
  var model: pith_model
  let fileBytes: UInt64
  /// Of the arena's part for tensors and scratches.
  let arenaBytes: UInt64
  /// Where the constants end that lists of kept blocks take: the next list may not begin before.
  var listsEnd: UInt64 = 0

  init(model: pith_model, fileBytes: UInt64, arenaBytes: UInt64) {
    self.model = model
    self.fileBytes = fileBytes
    self.arenaBytes = arenaBytes
  }

  /// Reads the header's section table, then every tensor, the interface and every instruction.
  mutating func validate() -> pith_status {
    // A size of the address space would not even fit the caller's arena.
    let whole = model.header.pointee.arena_bytes
    if whole > UInt64(widening: Int.max) { return PITH_ERROR_ARENA }
    let sections = readSections()
    if sections != PITH_OK { return sections }
    var number: UInt32 = 0
    while number < model.tensor_count {
      if !isLegal(tensor: model.tensor(number).pointee) { return refuse(number, PITH_ERROR_TENSOR) }
      number &+= 1
    }
    let interface = checkInterface()
    if interface != PITH_OK { return interface }
    number = 0
    while number < model.instruction_count {
      let instruction = model.instruction(number)
      guard let opcode = Opcode(rawValue: instruction.pointee.opcode) else {
        return refuse(number, PITH_ERROR_OPCODE)
      }
      if !isLegal(instruction, opcode) { return refuse(number, PITH_ERROR_INSTRUCTION) }
      number &+= 1
    }
    return PITH_OK
  }

  mutating func refuse(_ number: UInt32, _ status: pith_status) -> pith_status {
    model.last_error = number
    return status
  }

  private mutating func isLegal(_ instruction: InstructionPointer, _ opcode: Opcode) -> Bool {
    if !isName(instruction.pointee.name) { return false }
    switch opcode {
    case .quantize: return isLegalQuantize(instruction)
    case .dequantize: return isLegalDequantize(instruction)
    case .conv: return isLegalConvolution(instruction)
    case .convSparse: return isLegalSparseConvolution(instruction)
    case .depthwise: return isLegalDepthwise(instruction)
    case .maxPool: return isLegalPool(instruction, averages: false)
    case .averagePool: return isLegalPool(instruction, averages: true)
    case .add, .multiply: return isLegalBinary(instruction)
    case .lookup: return isLegalLookup(instruction)
    case .copy: return isLegalCopy(instruction)
    case .fill: return isLegalFill(instruction)
    case .softmax: return isLegalSoftmax(instruction)
    case .recurrent: return isLegalRecurrence(instruction)
    case .matmul: return isLegalMatmul(instruction)
    case .layerNorm: return isLegalLayerNorm(instruction)
    case .embed: return isLegalEmbedding(instruction)
    case .resize: return isLegalResize(instruction)
    case .f32Copy: return isLegalFloatCopy(instruction)
    case .f32Fill: return floatOutput(instruction) != nil
    case .f32Conv: return isLegalFloatConvolution(instruction)
    case .f32Matmul: return isLegalFloatMatmul(instruction)
    case .f32Binary: return isLegalFloatBinary(instruction)
    case .f32Unary: return isLegalFloatUnary(instruction)
    case .f32Softmax: return isLegalFloatSoftmax(instruction)
    case .f32MaxPool, .f32AveragePool:
      return isLegalFloatPool(instruction, averages: opcode == .f32AveragePool)
    case .f32Mean: return isLegalFloatMean(instruction)
    }
  }
}
