import CPith

extension Validator {
  /// More than any version will have; bounds the time that the table takes.
  private static var mostSections: UInt32 { 256 }
  private static var largestRecord: UInt64 { 4096 }

  /// Finds the sections and sets the model's pointers to them.
  mutating func readSections() -> pith_status {
    let count = model.header.pointee.section_count
    let table = UInt64(widening: MemoryLayout<pith_header>.size)
    let record = UInt64(widening: MemoryLayout<pith_section>.size)
    guard count <= Validator.mostSections, UInt64(widening: count) &* record <= fileBytes &- table else {
      return PITH_ERROR_SECTION
    }
    var end = table &+ UInt64(widening: count) &* record
    var seen: UInt32 = 0
    var number: UInt32 = 0
    while number < count {
      let place =
        UnsafeRawPointer(model.file!) + Int(truncatingIfNeeded: table &+ UInt64(widening: number) &* record)
      let section = place.loadUnaligned(as: pith_section.self)
      guard section.offset & (alignment &- 1) == 0, section.offset >= end, section.offset <= fileBytes,
        section.bytes <= fileBytes &- section.offset
      else { return refuse(number, PITH_ERROR_SECTION) }
      end = section.offset &+ section.bytes
      if section.kind >= 1 && section.kind < 32 {
        let bit = 1 as UInt32 &<< section.kind
        guard seen & bit == 0, bind(section) else { return refuse(number, PITH_ERROR_SECTION) }
        seen |= bit
      }
      number &+= 1
    }
    let required: UInt32 =
      1 &<< PITH_SECTION_TENSORS.rawValue | 1 &<< PITH_SECTION_INSTRUCTIONS.rawValue
      | 1 &<< PITH_SECTION_INTERFACE.rawValue
    guard seen & required == required else { return PITH_ERROR_SECTION }
    // Plans are for all instructions or for none.
    let plans = model.plan_count
    let isWhole = plans == 0 || (model.instruction_count > 0 && plans % model.instruction_count == 0)
    return isWhole ? PITH_OK : PITH_ERROR_SECTION
  }

  private mutating func bind(_ section: pith_section) -> Bool {
    let start = UnsafeRawPointer(model.file!) + Int(truncatingIfNeeded: section.offset)
    let followed = section.bytes == 0 || slack <= fileBytes &- section.offset &- section.bytes
    switch section.kind {
    case PITH_SECTION_TENSORS.rawValue:
      guard section.count > 0, let stride = recordStride(section, MemoryLayout<pith_tensor>.size) else {
        return false
      }
      model.tensors = start.assumingMemoryBound(to: pith_tensor.self)
      model.tensor_count = section.count
      model.tensor_stride = stride
      return true
    case PITH_SECTION_INSTRUCTIONS.rawValue:
      guard let stride = recordStride(section, MemoryLayout<pith_instruction>.size) else { return false }
      model.instructions = start.assumingMemoryBound(to: pith_instruction.self)
      model.instruction_count = section.count
      model.instruction_stride = stride
      return true
    case PITH_SECTION_INTERFACE.rawValue:
      guard UInt64(widening: section.count) &* 4 == section.bytes else { return false }
      let header = model.header.pointee
      guard
        UInt64(widening: header.input_count) &+ UInt64(widening: header.output_count)
          == UInt64(widening: section.count)
      else {
        return false
      }
      model.interface = start.assumingMemoryBound(to: UInt32.self)
      return true
    case PITH_SECTION_STATES.rawValue:
      guard UInt64(widening: section.count) &* 4 == section.bytes else { return false }
      model.states = start.assumingMemoryBound(to: UInt32.self)
      model.state_count = section.count
      return true
    case PITH_SECTION_PLANS.rawValue:
      guard let stride = recordStride(section, MemoryLayout<pith_plan>.size) else { return false }
      if section.count > 0 { model.all_plans = start.assumingMemoryBound(to: pith_plan.self) }
      model.plan_count = section.count
      model.plan_stride = stride
      return true
    case PITH_SECTION_CONSTANTS.rawValue:
      model.constants = start.assumingMemoryBound(to: UInt8.self)
      model.constants_bytes = section.bytes
      return followed
    case PITH_SECTION_WEIGHTS.rawValue:
      model.weights = start.assumingMemoryBound(to: UInt8.self)
      model.weights_bytes = section.bytes
      return followed
    case PITH_SECTION_NAMES.rawValue:
      model.names = start.assumingMemoryBound(to: CChar.self)
      model.names_bytes = section.bytes
      // The last byte ends every name before it.
      return section.bytes == 0
        || (start + Int(truncatingIfNeeded: section.bytes &- 1)).load(as: UInt8.self) == 0
    default:
      return true
    }
  }

  /// Bytes of one record of a section, or nil where its count does not divide its bytes into such.
  private func recordStride(_ section: pith_section, _ least: Int) -> UInt32? {
    if section.count == 0 { return section.bytes == 0 ? UInt32(truncatingIfNeeded: least) : nil }
    let stride = section.bytes / UInt64(widening: section.count)
    guard stride &* UInt64(widening: section.count) == section.bytes, stride >= UInt64(widening: least),
      stride <= Validator.largestRecord, stride & 7 == 0
    else { return nil }
    return UInt32(truncatingIfNeeded: stride)
  }

  /// The inputs and outputs must be the float tensors that say so themselves, and no tensor may name one that
  /// is not there or reach further than it.
  mutating func checkInterface() -> pith_status {
    let inputs = model.header.pointee.input_count
    let outputs = model.header.pointee.output_count
    if outputs == 0 { return PITH_ERROR_INTERFACE }
    var number: UInt32 = 0
    while number < inputs &+ outputs {
      let (space, index) =
        number < inputs ? (PITH_SPACE_INPUT, number) : (PITH_SPACE_OUTPUT, number &- inputs)
      guard let tensor = interfaceTensor(number), tensor.pointee.isIn(space),
        tensor.pointee.offset == UInt64(widening: index)
      else { return refuse(number, PITH_ERROR_INTERFACE) }
      number &+= 1
    }
    number = 0
    while number < model.tensor_count {
      let tensor = model.tensor(number).pointee
      let isInput = tensor.isIn(PITH_SPACE_INPUT)
      if isInput || tensor.isIn(PITH_SPACE_OUTPUT) {
        guard tensor.offset < UInt64(widening: isInput ? inputs : outputs) else {
          return refuse(number, PITH_ERROR_TENSOR)
        }
        let place = UInt32(truncatingIfNeeded: tensor.offset) &+ (isInput ? 0 : inputs)
        guard let bound = interfaceTensor(place), tensor.bytes <= bound.pointee.bytes else {
          return refuse(number, PITH_ERROR_TENSOR)
        }
      }
      number &+= 1
    }
    return isName(model.header.pointee.name) ? checkStates() : PITH_ERROR_INTERFACE
  }

  /// States must be floats of the arena.
  private mutating func checkStates() -> pith_status {
    var number: UInt32 = 0
    var total = Size.zero
    while number < model.state_count {
      let tensor = model.states[Int(truncatingIfNeeded: number)]
      guard tensor < model.tensor_count, model.tensor(tensor).pointee.isFloat,
        model.tensor(tensor).pointee.isIn(PITH_SPACE_ARENA)
      else { return refuse(number, PITH_ERROR_INTERFACE) }
      total = total + Size(saturating: model.tensor(tensor).pointee.bytes)
      number &+= 1
    }
    // Together they can be counted on any machine.
    return total <= Size.largestTensor ? PITH_OK : PITH_ERROR_INTERFACE
  }

  private func interfaceTensor(_ number: UInt32) -> TensorPointer? {
    let tensor = model.interface[Int(truncatingIfNeeded: number)]
    return tensor < model.tensor_count ? model.tensor(tensor) : nil
  }

  /// Whether a name field names a text. Where the names were stripped, the fields remain.
  func isName(_ name: UInt32) -> Bool {
    name == PITH_NONE || model.names_bytes == 0 || UInt64(widening: name) < model.names_bytes
  }
}
