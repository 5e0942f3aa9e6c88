import CPith

/// Writes small `.pith` files record by record, legal or not: nothing is checked here.
struct ProgramBuilder {
  var tensors: [pith_tensor] = []
  var instructions: [pith_instruction] = []
  var inputs: [UInt32] = []
  var outputs: [UInt32] = []
  var constants: [UInt8] = []
  var weights: [UInt8] = []
  var names: [UInt8] = []
  /// The plans' section, left out where it is empty.
  var plans: [UInt8] = []
  var planCount = 0
  /// Memory for plans, behind the arena's rest.
  var planBytes: UInt64 = 0
  /// Bytes of the arena used so far; build() adds the slack.
  var arenaBytes: UInt64 = 0
  /// Bytes of each record: a newer minor version's may be larger.
  var tensorStride = MemoryLayout<pith_tensor>.size
  var instructionStride = MemoryLayout<pith_instruction>.size

  // MARK: Tensors

  mutating func add(_ tensor: pith_tensor) -> UInt32 {
    tensors.append(tensor)
    return UInt32(tensors.count - 1)
  }

  mutating func input(_ dims: [UInt32], name: String? = nil) -> UInt32 {
    var tensor = Self.floatTensor(dims, in: PITH_SPACE_INPUT, at: UInt64(inputs.count))
    if let name { tensor.name = self.name(name) }
    let number = add(tensor)
    inputs.append(number)
    return number
  }

  mutating func output(_ dims: [UInt32], name: String? = nil) -> UInt32 {
    var tensor = Self.floatTensor(dims, in: PITH_SPACE_OUTPUT, at: UInt64(outputs.count))
    if let name { tensor.name = self.name(name) }
    let number = add(tensor)
    outputs.append(number)
    return number
  }

  /// Floats in the arena.
  mutating func floats(_ dims: [UInt32]) -> UInt32 {
    let bytes = UInt64(dims.reduce(4, *))
    return add(Self.floatTensor(dims, in: PITH_SPACE_ARENA, at: reserve(bytes)))
  }

  mutating func constantFloats(_ values: [Float], _ dims: [UInt32]) -> UInt32 {
    add(Self.floatTensor(dims, in: PITH_SPACE_CONSTANTS, at: UInt64(constant(values))))
  }

  /// A map of bytes [batch, height, width, channels] in the arena.
  mutating func map(
    _ dims: [UInt32], scale: Float = 1, zero: Int32 = 0, stride: UInt32? = nil, at offset: UInt64? = nil
  ) -> UInt32 {
    let stride = stride ?? (dims[3] + 3) / 4 * 4
    var tensor = pith_tensor()
    tensor.type = UInt8(PITH_U8.rawValue)
    tensor.space = UInt8(PITH_SPACE_ARENA.rawValue)
    tensor.rank = 4
    tensor.dims = (dims[0], dims[1], dims[2], dims[3], 1, 1)
    tensor.pixel_stride = stride
    tensor.bytes = UInt64(dims[0] * dims[1] * dims[2]) * UInt64(stride)
    tensor.offset = offset ?? reserve(tensor.bytes)
    tensor.scale = scale
    tensor.zero_point = zero
    tensor.name = PITH_NONE
    return add(tensor)
  }

  /// Some channels of a map, as a concatenation writes and a split reads them.
  mutating func slice(of whole: UInt32, channels: Range<UInt32>, scale: Float = 1, zero: Int32 = 0) -> UInt32
  {
    let tensor = tensors[Int(whole)]
    let number = map(
      [tensor.dims.0, tensor.dims.1, tensor.dims.2, UInt32(channels.count)], scale: scale, zero: zero,
      stride: tensor.pixel_stride, at: tensor.offset + UInt64(channels.lowerBound))
    tensors[Int(number)].bytes -= UInt64(tensor.pixel_stride) - UInt64((channels.count + 3) / 4 * 4)
    return number
  }

  static func floatTensor(_ dims: [UInt32], in space: pith_space, at offset: UInt64) -> pith_tensor {
    var tensor = pith_tensor()
    tensor.type = UInt8(PITH_F32.rawValue)
    tensor.space = UInt8(space.rawValue)
    tensor.rank = UInt8(dims.count)
    tensor.dims = axes(dims)
    tensor.offset = offset
    tensor.bytes = UInt64(dims.reduce(4, *))
    tensor.scale = 1
    tensor.name = PITH_NONE
    return tensor
  }

  static func axes(
    _ values: [UInt32], fill: UInt32 = 1
  ) -> (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) {
    let v = values + [UInt32](repeating: fill, count: 6 - values.count)
    return (v[0], v[1], v[2], v[3], v[4], v[5])
  }

  // MARK: Data

  mutating func reserve(_ bytes: UInt64) -> UInt64 {
    defer { arenaBytes += (bytes + 63) / 64 * 64 }
    return arenaBytes
  }

  /// Appends constants and returns where they begin.
  mutating func constant<T: BitwiseCopyable>(_ values: [T]) -> UInt32 {
    while constants.count % 64 != 0 { constants.append(0) }
    let start = UInt32(constants.count)
    values.withUnsafeBytes { constants.append(contentsOf: $0) }
    return start
  }

  mutating func name(_ text: String) -> UInt32 {
    let start = UInt32(names.count)
    names.append(contentsOf: Array(text.utf8) + [0])
    return start
  }

  /// Packs weights [channel][k] into [channels / 16][k / 4][16][4] and returns where they begin.
  mutating func pack(_ rows: [[Int8]]) -> UInt32 {
    let k = (rows[0].count + 3) / 4 * 4
    let blocks = (rows.count + 15) / 16
    while weights.count % 64 != 0 { weights.append(0) }
    let start = weights.count
    weights.append(contentsOf: [UInt8](repeating: 0, count: blocks * 16 * k))
    for (channel, row) in rows.enumerated() {
      for (index, weight) in row.enumerated() {
        let place = (channel / 16) * 16 * k + (index / 4) * 64 + (channel % 16) * 4 + index % 4
        weights[start + place] = UInt8(bitPattern: weight)
      }
    }
    return UInt32(start)
  }

  /// Packs weights [channel][k] without their zero blocks; the tables must be made in the order of their instructions.
  mutating func packSparse(_ rows: [[Int8]]) -> (weights: UInt32, table: UInt32) {
    var dense = ProgramBuilder()
    _ = dense.pack(rows)
    let groups = (rows[0].count + 3) / 4
    while weights.count % 64 != 0 { weights.append(0) }
    let start = UInt32(weights.count)
    var lists: [UInt16] = []
    for first in stride(from: 0, to: dense.weights.count, by: 64 * groups) {
      let kept = (0..<groups).filter { group in
        dense.weights[first + 64 * group..<first + 64 * (group + 1)].contains { $0 != 0 }
      }
      lists += [UInt16(kept.count)] + kept.map { UInt16($0) }
      for group in kept { weights += dense.weights[first + 64 * group..<first + 64 * (group + 1)] }
    }
    return (start, constant(lists))
  }

  /// Pads to a multiple of 16 and appends.
  mutating func perChannel<T: BitwiseCopyable & Numeric>(_ values: [T]) -> UInt32 {
    constant(values + [T](repeating: 0, count: (16 - values.count % 16) % 16))
  }

  // MARK: Instructions

  static func instruction(_ opcode: pith_opcode, _ inputs: [UInt32], _ output: UInt32) -> pith_instruction {
    var record = pith_instruction()
    record.opcode = UInt16(opcode.rawValue)
    let operands = inputs + [UInt32](repeating: PITH_NONE, count: 3 - inputs.count)
    record.inputs = (operands[0], operands[1], operands[2])
    record.output = output
    record.table = PITH_NONE
    record.scratch = PITH_NONE
    record.name = PITH_NONE
    return record
  }

  mutating func emit(
    _ opcode: pith_opcode, _ inputs: [UInt32], _ output: UInt32,
    _ change: (inout pith_instruction) -> Void = { _ in }
  ) {
    var record = Self.instruction(opcode, inputs, output)
    change(&record)
    instructions.append(record)
  }

  /// Floats with these strides for [batch, height, width, channels] to the whole of a map.
  mutating func quantize(
    _ input: UInt32, _ output: UInt32, strides: [UInt32], byteOffset: UInt32 = 0, dims: [UInt32]? = nil
  ) {
    let map = tensors[Int(output)]
    emit(PITH_OP_QUANTIZE, [input], output) {
      $0.move.dims = Self.axes(dims ?? [map.dims.0, map.dims.1, map.dims.2, map.dims.3])
      $0.move.input_strides = Self.axes(strides, fill: 0)
      $0.move.output_offset = byteOffset
    }
  }

  mutating func dequantize(_ input: UInt32, _ output: UInt32, strides: [UInt32]) {
    let map = tensors[Int(input)]
    emit(PITH_OP_DEQUANTIZE, [input], output) {
      $0.move.dims = Self.axes([map.dims.0, map.dims.1, map.dims.2, map.dims.3])
      $0.move.output_strides = Self.axes(strides, fill: 0)
    }
  }

  static func window(
    kernel: (Int32, Int32) = (1, 1), stride: (Int32, Int32) = (1, 1), dilation: (Int32, Int32) = (1, 1),
    pads: (top: Int32, left: Int32, bottom: Int32, right: Int32) = (0, 0, 0, 0)
  ) -> pith_window {
    var window = pith_window()
    (window.kernel_h, window.kernel_w) = kernel
    (window.stride_h, window.stride_w) = stride
    (window.dilation_h, window.dilation_w) = dilation
    (window.pad_top, window.pad_left, window.pad_bottom, window.pad_right) = pads
    window.clamp_max = 255
    return window
  }

  // MARK: File

  /// The file, its checksum fitting.
  func build(_ change: (inout pith_header) -> Void = { _ in }) -> [UInt8] {
    var sections: [(kind: pith_section_kind, count: Int, bytes: [UInt8])] = [
      (PITH_SECTION_TENSORS, tensors.count, Self.records(tensors, tensorStride)),
      (PITH_SECTION_INSTRUCTIONS, instructions.count, Self.records(instructions, instructionStride)),
      (
        PITH_SECTION_INTERFACE, inputs.count + outputs.count,
        (inputs + outputs).withUnsafeBytes { Array($0) }
      ),
    ]
    if !plans.isEmpty { sections.append((PITH_SECTION_PLANS, planCount, plans)) }
    if !constants.isEmpty { sections.append((PITH_SECTION_CONSTANTS, 0, constants)) }
    if !weights.isEmpty { sections.append((PITH_SECTION_WEIGHTS, 0, weights)) }
    if !names.isEmpty { sections.append((PITH_SECTION_NAMES, 0, names)) }
    var offset = (64 + sections.count * 24 + 63) / 64 * 64
    var table: [pith_section] = []
    var body: [UInt8] = []
    let start = offset
    for section in sections {
      table.append(
        pith_section(
          kind: UInt32(section.kind.rawValue), count: UInt32(section.count), offset: UInt64(offset),
          bytes: UInt64(section.bytes.count)))
      let hasSlack = section.kind == PITH_SECTION_CONSTANTS || section.kind == PITH_SECTION_WEIGHTS
      let length = section.bytes.count + (hasSlack ? Int(PITH_SLACK) : 0)
      body += section.bytes + [UInt8](repeating: 0, count: (length + 63) / 64 * 64 - section.bytes.count)
      offset = start + body.count
    }
    var header = pith_header()
    header.magic = PITH_MAGIC
    header.version_major = UInt16(PITH_VERSION_MAJOR)
    header.version_minor = UInt16(PITH_VERSION_MINOR)
    header.arena_bytes = arenaBytes + UInt64(PITH_SLACK) + planBytes
    header.plan_bytes = planBytes
    header.section_count = UInt32(sections.count)
    header.input_count = UInt32(inputs.count)
    header.output_count = UInt32(outputs.count)
    header.name = PITH_NONE
    header.file_bytes = UInt64(offset)
    change(&header)
    var file = withUnsafeBytes(of: header) { Array($0) } + Self.records(table, 24)
    file += [UInt8](repeating: 0, count: start - file.count) + body
    return Self.sealed(file)
  }

  /// The same bytes with the checksum that fits them.
  static func sealed(_ file: [UInt8]) -> [UInt8] {
    var file = file
    guard file.count >= 64 else { return file }
    let sum = pith_checksum(file, file.count)
    withUnsafeBytes(of: sum.littleEndian) { file.replaceSubrange(16..<24, with: $0) }
    return file
  }

  private static func records<T>(_ values: [T], _ stride: Int) -> [UInt8] {
    values.flatMap { value in
      let bytes = withUnsafeBytes(of: value) { Array($0) }
      return bytes + [UInt8](repeating: 0xA5, count: stride - bytes.count)
    }
  }
}
