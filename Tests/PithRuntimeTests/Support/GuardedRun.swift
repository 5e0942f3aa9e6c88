import CPith
import PithHost
import PithRuntime
import Testing

/// Opens and runs files with everything between forbidden pages.
enum GuardedRun {
  static let isas: [UInt32] = (1...4).filter { pith_isa_available($0) != 0 }

  /// The status of opening these bytes, and the number of the record refused.
  static func open(_ file: [UInt8], checksum: Bool = true) -> (status: pith_status, record: UInt32) {
    let memory = GuardedMemory(file)
    var model = pith_model()
    let status = pith_open(
      &model, memory.start, file.count, checksum ? UInt32(PITH_OPEN_CHECKSUM.rawValue) : 0)
    return (status, model.last_error)
  }

  /// The outputs, which all kernel sets must agree on to the bit.
  static func outputs(
    _ file: [UInt8], _ inputs: [[Float]], threads: UInt32 = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [[Float]] {
    var first: [[Float]]?
    for isa in isas {
      let outputs = try run(file, inputs, isa: isa, threads: threads, sourceLocation: sourceLocation)
      if let first {
        #expect(
          first.map { $0.map(\.bitPattern) } == outputs.map { $0.map(\.bitPattern) }, "isa \(isa) differs",
          sourceLocation: sourceLocation)
      } else {
        first = outputs
      }
    }
    return try #require(first)
  }

  static func run(
    _ file: [UInt8], _ inputs: [[Float]], isa: UInt32, threads: UInt32 = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [[Float]] {
    let memory = GuardedMemory(file)
    memory.protectAgainstWrites()
    var model = pith_model()
    let status = pith_open(&model, memory.start, file.count, UInt32(PITH_OPEN_CHECKSUM.rawValue))
    try #require(
      status == PITH_OK, "status \(status.rawValue) at \(model.last_error)", sourceLocation: sourceLocation)
    return try withExtendedLifetime(memory) {
      try run(&model, inputs, isa: isa, threads: threads, sourceLocation: sourceLocation)
    }
  }

  private static func run(
    _ model: inout pith_model, _ inputs: [[Float]], isa: UInt32, threads: UInt32,
    sourceLocation: SourceLocation
  ) throws -> [[Float]] {
    try #require(pith_select(&model, isa) == PITH_OK, sourceLocation: sourceLocation)
    let arena = GuardedMemory(count: pith_arena_bytes(&model), alignment: 64)
    var bound: [GuardedMemory] = []
    var pointers: [UnsafePointer<Float>?] = []
    for index in 0..<pith_input_count(&model) {
      let bytes = Int(pith_input(&model, index).pointee.bytes)
      let memory = GuardedMemory(count: bytes, alignment: 4)
      let values = inputs[Int(index)]
      try #require(values.count * 4 == bytes, sourceLocation: sourceLocation)
      values.withUnsafeBytes { memory.start.copyMemory(from: $0.baseAddress!, byteCount: bytes) }
      memory.protectAgainstWrites()
      bound.append(memory)
      pointers.append(UnsafePointer(memory.start.assumingMemoryBound(to: Float.self)))
    }
    var results: [GuardedMemory] = []
    for index in 0..<pith_output_count(&model) {
      results.append(GuardedMemory(count: Int(pith_output(&model, index).pointee.bytes), alignment: 4))
    }
    let outputs = results.map { Optional($0.start.assumingMemoryBound(to: Float.self)) }
    var options = pith_options()
    options.threads = threads
    // In reverse, as any order must do.
    options.parallel = { _, count, body, context in
      for index in (0..<count).reversed() { body!(context, index) }
    }
    let status = withExtendedLifetime((arena, bound, results)) {
      pith_run(&model, arena.start, arena.count, pointers, outputs, &options)
    }
    try #require(status == PITH_OK, "status \(status.rawValue)", sourceLocation: sourceLocation)
    return results.map { memory in
      Array(
        UnsafeBufferPointer(
          start: memory.start.assumingMemoryBound(to: Float.self), count: memory.count / 4))
    }
  }

  /// Whether the bytes are refused, or ran (in no more than `mostArena` bytes) without leaving their memory. `round`
  /// chooses the kernels.
  static func survives(_ file: [UInt8], round: Int, mostArena: Int = 1 << 22) -> pith_status {
    let memory = GuardedMemory(file)
    memory.protectAgainstWrites()
    var model = pith_model()
    let status = pith_open(&model, memory.start, file.count, 0)
    guard status == PITH_OK, pith_arena_bytes(&model) <= mostArena else { return status }
    let arena = GuardedMemory(count: pith_arena_bytes(&model), alignment: 64)
    let bound =
      (0..<pith_input_count(&model)).map { pith_input(&model, $0).pointee.bytes }
      + (0..<pith_output_count(&model)).map { pith_output(&model, $0).pointee.bytes }
    guard bound.allSatisfy({ $0 <= mostArena }) else { return status }
    let inputs = (0..<pith_input_count(&model)).map {
      GuardedMemory(count: Int(pith_input(&model, $0).pointee.bytes), alignment: 4, fill: 0x3F)
    }
    let outputs = (0..<pith_output_count(&model)).map {
      GuardedMemory(count: Int(pith_output(&model, $0).pointee.bytes), alignment: 4)
    }
    for input in inputs { input.protectAgainstWrites() }
    let selected = pith_select(&model, isas[round % isas.count])
    guard selected == PITH_OK else { return selected }
    // An array may be released after its last use, which is before the run.
    return withExtendedLifetime((memory, arena, inputs, outputs)) {
      pith_run(
        &model, arena.start, arena.count,
        inputs.map { UnsafePointer($0.start.assumingMemoryBound(to: Float.self)) },
        outputs.map { $0.start.assumingMemoryBound(to: Float.self) }, nil)
    }
  }
}
