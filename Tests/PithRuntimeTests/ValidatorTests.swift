import CPith
import PithHost
import PithRuntime
import Testing

/// Every rule of the validator refuses what breaks it, with the status and the number of the record.
@Suite struct ValidatorTests {
  typealias Builder = ProgramBuilder
  typealias Integer = Samples.Integer
  typealias Float32 = Samples.Float32

  private func expect(
    _ status: pith_status, _ what: String, _ file: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expect(status, nil, what, file, sourceLocation: sourceLocation)
  }

  private func expect(
    _ status: pith_status, _ record: Int?, _ what: String, _ file: [UInt8],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (found, number) = GuardedRun.open(file)
    #expect(found == status, "\(what): \(found.rawValue) at \(number)", sourceLocation: sourceLocation)
    if let record { #expect(Int(number) == record, "\(what)", sourceLocation: sourceLocation) }
  }

  // MARK: Header and sections

  @Test func header() {
    let file = Samples.integers().build()
    expect(PITH_OK, "the sample", file)
    func changed(_ place: Int, _ value: UInt64, _ bytes: Int) -> [UInt8] {
      var file = file
      withUnsafeBytes(of: value) { file.replaceSubrange(place..<place + bytes, with: $0.prefix(bytes)) }
      return Builder.sealed(file)
    }
    expect(PITH_ERROR_MAGIC, "magic", changed(0, 0x1234, 4))
    expect(PITH_ERROR_VERSION, "major version", changed(4, 2, 2))
    expect(PITH_OK, "minor version", changed(6, 9, 2))
    expect(PITH_ERROR_TRUNCATED, "longer than it is", changed(8, UInt64(file.count) + 1, 8))
    expect(PITH_ERROR_TRUNCATED, "shorter than a header", changed(8, 63, 8))
    expect(PITH_ERROR_ARENA, "an arena beyond the address space", changed(24, 1 << 63, 8))
    expect(PITH_ERROR_SECTION, "too many sections", changed(32, 257, 4))
    expect(PITH_ERROR_SECTION, "a table longer than the file", changed(32, UInt64(UInt32.max), 4))
    expect(PITH_ERROR_SECTION, "too few sections", changed(32, 1, 4))
    expect(PITH_ERROR_SECTION, "inputs that are not there", changed(36, 5, 4))
    expect(PITH_ERROR_INTERFACE, "a name that is not there", changed(44, 10_000, 4))
    var damaged = file
    damaged[70] ^= 1
    expect(PITH_ERROR_CHECKSUM, "damage", damaged)
  }

  @Test func sections() {
    let file = Samples.integers().build()
    func changed(_ section: Int, _ change: (inout pith_section) -> Void) -> [UInt8] {
      var file = file
      let place = 64 + section * 24
      var record = file.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: pith_section.self) }
      change(&record)
      withUnsafeBytes(of: record) { file.replaceSubrange(place..<place + 24, with: $0) }
      return Builder.sealed(file)
    }
    for section in 0..<6 {
      expect(PITH_ERROR_SECTION, section, "misaligned", changed(section) { $0.offset += 4 })
      expect(PITH_ERROR_SECTION, section, "beyond the file", changed(section) { $0.offset = 1 << 40 })
      expect(PITH_ERROR_SECTION, section, "too long", changed(section) { $0.bytes = UInt64(file.count) })
      expect(PITH_ERROR_SECTION, section, "overflowing", changed(section) { $0.bytes = .max - 63 })
      expect(PITH_ERROR_SECTION, section, "over the table", changed(section) { $0.offset = 64 })
    }
    expect(PITH_ERROR_SECTION, 1, "twice", changed(1) { $0.kind = UInt32(PITH_SECTION_TENSORS.rawValue) })
    expect(PITH_ERROR_SECTION, "no tensors", changed(0) { $0.kind = 31 })
    expect(PITH_OK, "names stripped", changed(5) { $0.kind = 1000 })
    expect(PITH_ERROR_SECTION, 0, "count", changed(0) { $0.count += 1 })
    expect(PITH_ERROR_SECTION, 0, "no records", changed(0) { $0.count = 0 })
    expect(PITH_ERROR_SECTION, 1, "records too small", changed(1) { $0.count *= 2 })
    expect(PITH_ERROR_SECTION, 2, "interface count", changed(2) { $0.count = 1 })
    // The last section of weights must keep its slack, and a name its end.
    expect(PITH_ERROR_SECTION, 5, "unterminated names", changed(5) { $0.bytes -= 1 })
    var bare = Samples.floats()
    bare.names = []
    var short = bare.build()
    // Cut the slack after the constants, the last section.
    short.removeLast(64)
    withUnsafeBytes(of: UInt64(short.count)) { short.replaceSubrange(8..<16, with: $0) }
    expect(PITH_ERROR_SECTION, 3, "no slack", Builder.sealed(short))
  }

  @Test func recordsMayGrow() throws {
    var b = Samples.integers()
    b.tensorStride = 72
    b.instructionStride = 144
    let input = [(0..<40).map { Float($0 % 13) - 4 }]
    let plain = try GuardedRun.outputs(Samples.integers().build(), input)
    #expect(try GuardedRun.outputs(b.build { $0.version_minor = 3 }, input) == plain)
  }

  @Test func interface() {
    func changed(_ change: (inout Builder) -> Void) -> [UInt8] {
      var b = Samples.floats()
      change(&b)
      return b.build()
    }
    expect(PITH_ERROR_INTERFACE, 0, "no such tensor", changed { $0.inputs[0] = 999 })
    expect(PITH_ERROR_INTERFACE, 0, "an output for an input", changed { $0.inputs[0] = $0.outputs[0] })
    expect(PITH_ERROR_INTERFACE, 1, "an arena tensor", changed { $0.outputs[0] = 2 })
    expect(PITH_ERROR_INTERFACE, 1, "the same twice", changed { $0.inputs.append($0.inputs[0]) })
    expect(PITH_ERROR_INTERFACE, "no outputs", changed { $0.outputs = [] })
    expect(
      PITH_ERROR_TENSOR, "an input that is not bound",
      changed { _ = $0.add(Builder.floatTensor([1], in: PITH_SPACE_INPUT, at: 1)) })
    expect(
      PITH_ERROR_TENSOR, "more than is bound",
      changed { _ = $0.add(Builder.floatTensor([33], in: PITH_SPACE_INPUT, at: 0)) })
    expect(
      PITH_OK, "a view of what is bound",
      changed { _ = $0.add(Builder.floatTensor([32], in: PITH_SPACE_INPUT, at: 0)) })
  }

  // MARK: Tensors

  @Test func tensors() {
    let changes: [(String, (inout pith_tensor) -> Void)] = [
      ("type", { $0.type = 3 }), ("space", { $0.space = 5 }), ("no space", { $0.space = 0 }),
      ("rank", { $0.rank = 7 }), ("map's rank", { $0.rank = 5 }), ("empty", { $0.dims.1 = 0 }),
      ("unused axis", { $0.dims.5 = 2 }), ("stride below the channels", { $0.pixel_stride = 4 }),
      ("odd stride", { $0.pixel_stride = 9 }), ("too few bytes", { $0.bytes -= 1 }),
      ("too many bytes", { $0.bytes += 1 }), ("odd offset", { $0.offset += 2 }),
      ("beyond the arena", { $0.offset = 1 << 20 }), ("overflowing offset", { $0.offset = .max - 3 }),
      ("huge", { $0.dims = (65536, 65536, 65536, 4, 1, 1) }), ("scale 0", { $0.scale = 0 }),
      ("negative scale", { $0.scale = -1 }), ("NaN", { $0.scale = .nan }),
      ("infinite scale", { $0.scale = .infinity }), ("zero point", { $0.zero_point = 256 }),
      ("negative zero point", { $0.zero_point = -1 }), ("name", { $0.name = 1 << 20 }),
      (
        "bytes as an input",
        {
          $0.space = UInt8(PITH_SPACE_INPUT.rawValue)
          $0.offset = 0
        }
      ),
      (
        "beyond the constants",
        {
          $0.space = UInt8(PITH_SPACE_CONSTANTS.rawValue)
          $0.offset = 1 << 16
        }
      ),
    ]
    for (what, change) in changes {
      var b = Samples.integers()
      change(&b.tensors[4])
      expect(PITH_ERROR_TENSOR, 4, what, b.build())
    }
    // The last tensor's end and the slack after it must lie in the arena.
    let b = Samples.integers()
    // Last are 16 bytes of scratch, in a place of 64.
    expect(PITH_OK, "an arena that just does", b.build { $0.arena_bytes -= 48 })
    expect(PITH_ERROR_INSTRUCTION, "an arena of one byte less", b.build { $0.arena_bytes -= 49 })
    let floatChanges: [(String, (inout pith_tensor) -> Void)] = [
      ("stride", { $0.pixel_stride = 4 }), ("bytes", { $0.bytes += 4 }), ("odd", { $0.offset += 1 }),
      ("huge", { $0.dims = (1 << 30, 1 << 30, 4, 1, 1, 1) }),
    ]
    for (what, change) in floatChanges {
      var b = Samples.floats()
      change(&b.tensors[2])
      expect(PITH_ERROR_TENSOR, 2, what, b.build())
    }
  }

  // MARK: Instructions

  private func refuses(
    _ number: Integer, _ changes: [(String, (inout pith_instruction) -> Void)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (what, change) in changes {
      var b = Samples.integers()
      change(&b.instructions[number.rawValue])
      expect(
        PITH_ERROR_INSTRUCTION, number.rawValue, "\(number): \(what)", b.build(),
        sourceLocation: sourceLocation)
    }
  }

  private func refusesFloat(
    _ number: Float32, _ changes: [(String, (inout pith_instruction) -> Void)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (what, change) in changes {
      var b = Samples.floats()
      change(&b.instructions[number.rawValue])
      expect(
        PITH_ERROR_INSTRUCTION, number.rawValue, "\(number): \(what)", b.build(),
        sourceLocation: sourceLocation)
    }
  }

  @Test func opcodes() {
    for opcode in [0, 19, 31, 42, 65535] as [UInt16] {
      var b = Samples.integers()
      b.instructions[3].opcode = opcode
      expect(PITH_ERROR_OPCODE, 3, "opcode \(opcode)", b.build())
    }
  }

  @Test func operandsOfEveryInstruction() {
    for number in Integer.allCases {
      refuses(number, [("no output", { $0.output = 999 }), ("name", { $0.name = 1 << 30 })])
      if number == .fill { continue }
      refuses(number, [("no input", { $0.inputs.0 = PITH_NONE })])
      // Tensors 0 and 1 are the float input and output, 2 the halo'd map.
      refuses(number, [("a map's type", { $0.inputs.0 = number == .quantize ? 2 : 0 })])
      refuses(number, [("output's type", { $0.output = number == .dequantize ? 2 : 1 })])
    }
    for number in Float32.allCases {
      refusesFloat(number, [("no output", { $0.output = 999 }), ("the input as output", { $0.output = 0 })])
      if number == .fill { continue }
      refusesFloat(number, [("no input", { $0.inputs.0 = PITH_NONE })])
      if number != .unary && number != .binary {
        refusesFloat(number, [("in place", { $0.inputs.0 = $0.output })])
      }
    }
    for number in [Integer.first, .depthwise, .maxPool, .averagePool, .conv, .copy, .softmax] {
      refuses(number, [("in place", { $0.inputs.0 = $0.output })])
    }
  }

  @Test func whatIsAdded() {
    let adds = UInt16(PITH_CONV_ADDS)
    // Tensor 0 is the float input, 2 the halo'd map, 3 the first layer's output.
    refuses(
      .first,
      [
        ("nothing", { ($0.flags, $0.inputs.1) = (adds, PITH_NONE) }),
        ("floats", { ($0.flags, $0.inputs.1) = (adds, 0) }),
        ("another shape", { ($0.flags, $0.inputs.1) = (adds, 2) }),
        ("no number", { ($0.flags, $0.inputs.1, $0.immediate_f.1) = (adds, $0.output, .nan) }),
        ("infinity", { ($0.flags, $0.inputs.1, $0.immediate_f.1) = (adds, $0.output, .infinity) }),
      ])
    var b = Samples.integers()
    let number = Integer.first.rawValue
    (b.instructions[number].flags, b.instructions[number].inputs.1) = (adds, b.instructions[number].output)
    expect(PITH_OK, "in place", b.build())
  }

  @Test func plans() {
    let plain = Samples.integers()
    func file(_ count: Int, of bytes: Int) -> [UInt8] {
      var b = plain
      b.plans = [UInt8](repeating: 3, count: bytes)
      b.planCount = count
      return b.build()
    }
    let all = plain.instructions.count
    expect(PITH_OK, "one kind", file(all, of: 8 * all))
    expect(PITH_OK, "two kinds, of larger records", file(2 * all, of: 32 * all))
    expect(PITH_ERROR_SECTION, "too few", file(all - 1, of: 8 * (all - 1)))
    expect(PITH_ERROR_SECTION, "too short", file(all, of: 8 * all - 8))
    expect(PITH_ERROR_SECTION, "none", file(0, of: 8 * all))
    // Memory for plans is part of the arena, in whole lines, and not that of tensors.
    let planned = Samples.planned()
    expect(PITH_OK, "memory", planned.build())
    expect(PITH_ERROR_ARENA, "more than the arena", planned.build { $0.plan_bytes = $0.arena_bytes + 64 })
    expect(PITH_ERROR_ARENA, "no whole line", planned.build { $0.plan_bytes -= 4 })
    expect(PITH_ERROR_ARENA, "an arena of no whole line", planned.build { $0.arena_bytes += 8 })
    expect(PITH_ERROR_TENSOR, "tensors' memory", planned.build { $0.plan_bytes = $0.arena_bytes })
  }

  @Test func windows() {
    let shared: [(String, (inout pith_instruction) -> Void)] = [
      ("kernel 0", { $0.window.kernel_h = 0 }), ("kernel", { $0.window.kernel_h += 2 }),
      ("negative kernel", { $0.window.kernel_w = -3 }), ("stride 0", { $0.window.stride_h = 0 }),
      ("stride", { $0.window.stride_h = 5 }), ("huge stride", { $0.window.stride_w = .max }),
      ("dilation 0", { $0.window.dilation_w = 0 }), ("dilation", { $0.window.dilation_h = 2 }),
      ("huge dilation", { $0.window.dilation_h = .max }), ("pad", { $0.window.pad_top += 3 }),
      ("negative pad", { $0.window.pad_left = -1 }), ("huge pad", { $0.window.pad_bottom = .max }),
      ("clamp below 0", { $0.window.clamp_min = -1 }), ("clamp above 255", { $0.window.clamp_max = 256 }),
      (
        "clamp",
        {
          $0.window.clamp_min = 3
          $0.window.clamp_max = 2
        }
      ),
    ]
    for number in [Integer.depthwise, .maxPool, .conv] { refuses(number, shared) }
    refuses(.averagePool, shared.filter { $0.0 != "stride" && $0.0 != "huge stride" })
    let unit: [(String, (inout pith_instruction) -> Void)] = [
      ("weights misaligned", { $0.weights += 4 }), ("weights beyond", { $0.weights = 1 << 20 }),
      ("weights overflowing", { $0.weights = 0xFFFF_FFC0 }), ("bias misaligned", { $0.bias += 2 }),
      ("bias beyond", { $0.bias = 0xFFFF_FFFC }), ("multiplier misaligned", { $0.multiplier += 2 }),
      ("multiplier beyond", { $0.multiplier = 1 << 20 }), ("codes beyond", { $0.multiplier = 1 << 20 | 1 }),
      (
        "the codes' unit",
        {
          $0.multiplier += 1
          $0.immediate_f.0 = .infinity
        }
      ), ("no scratch", { $0.scratch = PITH_NONE }),
      ("scratch misaligned", { $0.scratch += 4 }), ("scratch over an operand", { $0.scratch = 0 }),
      ("scratch over the slack", { $0.scratch += 64 }),
    ]
    refuses(.first, unit)
    refuses(.conv, unit.filter { $0.0 != "scratch over an operand" })
    refuses(.depthwise, unit.filter { $0.0 != "scratch over an operand" })
  }

  @Test func convolutions() {
    refuses(
      .conv,
      [
        ("tap 0", { $0.window.tap_bytes = 0 }), ("odd tap", { $0.window.tap_bytes = 15 }),
        ("long tap", { $0.window.tap_bytes = 20 }), ("negative tap", { $0.window.tap_bytes = -16 }),
        ("channel", { $0.window.input_channel = 4 }), ("negative channel", { $0.window.input_channel = -4 }),
        ("output channel", { $0.window.output_channel = 4 }),
        ("negative output channel", { $0.window.output_channel = -8 }),
        ("no channels", { $0.window.extent = 0 }), ("odd channels", { $0.window.extent = 6 }),
        ("channels", { $0.window.extent = 12 }),
      ])
    refuses(
      .first,
      [
        ("a tap past its row", { $0.window.tap_bytes = 12 }), ("kernel", { $0.window.kernel_w = 2 }),
        ("pad", { $0.window.pad_left = 1 }), ("stride", { $0.window.stride_w = 2 }),
        ("channel", { $0.window.input_channel = 2 }),
      ])
    var b = Samples.integers()
    b.weights.removeLast(64)
    expect(PITH_ERROR_INSTRUCTION, Integer.conv.rawValue, "weights too short", b.build())
  }

  @Test func poolsElementwiseAndTables() {
    refuses(
      .averagePool,
      [
        ("multiplier", { $0.immediate_f.0 = .nan }), ("count", { $0.window.extent = 2 }),
        ("window", { $0.window.kernel_h = 1 << 21 }),
      ])
    refuses(.maxPool, [("count", { $0.window.extent = 1 })])
    for number in [Integer.add, .multiply] {
      refuses(
        number,
        [
          ("b", { $0.inputs.1 = PITH_NONE }), ("b's shape", { $0.inputs.1 = 3 }),
          ("multiplier", { $0.immediate_f.0 = .infinity }), ("multiplier of b", { $0.immediate_f.1 = .nan }),
          ("clamp", { $0.binary.clamp_max = 300 }), ("shape", { $0.output = 4 }),
        ])
    }
    // In place over the broadcast operand.
    refuses(.multiply, [("over b", { $0.output = $0.inputs.1 })])
    refuses(.lookup, [("table", { $0.table = 1 << 20 }), ("no table", { $0.table = PITH_NONE })])
    refuses(.fill, [("value", { $0.immediate_i = 256 }), ("negative value", { $0.immediate_i = -1 })])
    refuses(
      .softmax,
      [
        ("table", { $0.table = 1 << 20 }), ("odd table", { $0.table += 2 }),
        ("multiplier", { $0.immediate_f.0 = -.infinity }),
      ])
  }

  @Test func moves() {
    for number in [Integer.quantize, .dequantize, .copy] {
      refuses(
        number,
        [
          ("empty", { $0.move.dims.1 = 0 }), ("dims", { $0.move.dims.1 += 9 }),
          ("too many", { $0.move.dims.4 = 500 }),
          ("huge", { $0.move.dims = (.max, .max, .max, .max, .max, .max) }),
          ("input offset", { $0.move.input_offset = .max }),
          ("output offset", { $0.move.output_offset = .max }),
        ])
    }
    refuses(
      .quantize,
      [
        ("stride", { $0.move.input_strides.2 = 9 }), ("huge stride", { $0.move.input_strides.1 = .max }),
        ("half a pixel", { $0.move.output_offset += 1 }), ("a row lower", { $0.move.output_offset += 12 }),
        ("a pixel further", { $0.move.output_offset += 4 }), ("channels", { $0.move.dims.3 = 1 }),
      ])
    refuses(
      .dequantize, [("stride", { $0.move.output_strides.3 = 2 }), ("channels", { $0.move.dims.3 = 9 })])
    refuses(
      .copy,
      [
        ("input stride", { $0.move.input_strides.0 = 48 }),
        ("output stride", { $0.move.output_strides.0 = 5 }),
        ("table", { $0.table = 1 << 20 }), ("repeats", { $0.move.dims.5 = 2 }),
      ])
    refuses(.copy, [("interleaved", { $0.inputs.0 = $0.output })])
  }

  @Test func floats() {
    refusesFloat(
      .conv,
      [
        ("groups", { $0.window.extent = 3 }), ("no groups", { $0.window.extent = 0 }),
        ("negative groups", { $0.window.extent = -1 }), ("weights", { $0.inputs.1 = 0 }),
        ("weights' size", { $0.window.extent = 1 }), ("bias", { $0.inputs.2 = 1 }),
        ("kernel", { $0.window.kernel_h = 2 }), ("pad", { $0.window.pad_right = 1 << 29 }),
      ])
    refusesFloat(.unary, [("kind", { $0.flags = 7 }), ("NaN", { $0.immediate_f.0 = .nan })])
    refusesFloat(.maxPool, [("counts", { $0.window.extent = 1 }), ("kernel", { $0.window.kernel_h = 9 })])
    refusesFloat(.averagePool, [("count", { $0.window.extent = 2 }), ("stride", { $0.window.stride_h = 9 })])
    refusesFloat(
      .binary,
      [
        ("kind", { $0.flags = 4 }), ("dims", { $0.broadcast.dims.0 = 5 }), ("b", { $0.inputs.1 = PITH_NONE }),
        ("a stride", { $0.broadcast.a_strides.0 = 5 }), ("b stride", { $0.broadcast.b_strides.1 = 9 }),
        ("in place, turned", { $0.broadcast.b_strides = (1, 4, 0, 0, 0, 0) }),
        ("in place, repeated", { $0.broadcast.b_strides = (4, 0, 0, 0, 0, 0) }),
      ])
    refusesFloat(
      .copy,
      [
        ("input", { $0.move.input_offset = 1 }), ("output", { $0.move.output_strides.0 = 9 }),
        ("repeats", { $0.move.dims.2 = 3 }), ("huge", { $0.move.dims.3 = .max }),
      ])
    refusesFloat(.mean, [("output's size", { $0.output = 4 })])
    refusesFloat(
      .matmul,
      [
        ("rows", { $0.matmul.rows = 2 }), ("inner", { $0.matmul.inner = 9 }),
        ("empty", { $0.matmul.inner = 0 }),
        (
          "endless",
          {
            $0.matmul.a_inner = 0
            $0.matmul.b_inner = 0
            $0.matmul.inner = .max
          }
        ),
        ("b stride", { $0.matmul.b_inner = 4 }), ("bias stride", { $0.matmul.c_column = 2 }),
        ("alpha", { $0.immediate_f.0 = .nan }), ("beta", { $0.immediate_f.1 = .infinity }),
        ("bias", { $0.inputs.2 = 999 }),
      ])
    refusesFloat(.softmax, [("shape", { $0.inputs.0 = 6 })])
  }

  // MARK: Arguments

  @Test func openAndRunCheckTheirArguments() {
    let file = GuardedMemory(Samples.floats().build(), atEnd: false)
    var model = pith_model()
    #expect(pith_open(nil, file.start, file.count, 0) == PITH_ERROR_ARGUMENT)
    #expect(pith_open(&model, nil, 64, 0) == PITH_ERROR_ARGUMENT)
    #expect(pith_open(&model, file.start + 4, file.count - 4, 0) == PITH_ERROR_ALIGNMENT)
    #expect(pith_run(&model, file.start, 0, nil, nil, nil) == PITH_ERROR_ARGUMENT)
    #expect(pith_open(&model, file.start, file.count, 0) == PITH_OK)
    #expect(pith_input(&model, 1) == nil && pith_output(&model, 1) == nil)
    #expect(pith_input_count(&model) == 1 && pith_output_count(&model) == 1)
    let bytes = pith_arena_bytes(&model)
    let arena = GuardedMemory(count: bytes + 64, alignment: 64)
    let input = [Float](repeating: 0, count: 40)
    var output = [Float](repeating: 0, count: 8)
    input.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        let inputs = [Optional(input.baseAddress!)]
        let outputs = [Optional(output.baseAddress!)]
        #expect(pith_run(&model, arena.start, bytes, inputs, outputs, nil) == PITH_OK)
        #expect(pith_run(&model, arena.start, bytes - 1, inputs, outputs, nil) == PITH_ERROR_ARENA)
        #expect(pith_run(&model, arena.start + 4, bytes, inputs, outputs, nil) == PITH_ERROR_ALIGNMENT)
        #expect(pith_run(&model, nil, bytes, inputs, outputs, nil) == PITH_ERROR_ARGUMENT)
        #expect(pith_run(&model, arena.start, bytes, [nil], outputs, nil) == PITH_ERROR_ARGUMENT)
        #expect(pith_run(&model, arena.start, bytes, inputs, [nil], nil) == PITH_ERROR_ARGUMENT)
        #expect(pith_run(&model, arena.start, bytes, nil, outputs, nil) == PITH_ERROR_ARGUMENT)
        var options = pith_options()
        options.threads = 2
        #expect(pith_run(&model, arena.start, bytes, inputs, outputs, &options) == PITH_ERROR_ARGUMENT)
        options.threads = 1
        options.isa = 77
        #expect(pith_run(&model, arena.start, bytes, inputs, outputs, &options) == PITH_ERROR_UNSUPPORTED)
        #expect(pith_select(&model, 77) == PITH_ERROR_UNSUPPORTED)
      }
    }
    for status in 0..<15 as Range<UInt32> {
      #expect(!String(cString: pith_status_text(pith_status(status))).isEmpty)
    }
    #expect(String(cString: pith_name(&model, 5)) == "")
  }
}
