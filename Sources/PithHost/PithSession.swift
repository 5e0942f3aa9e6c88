import CPith

/// Working memory for one run at a time. Make one for each thread; a model serves them all.
public final class PithSession {
  public let model: PithModel
  private let arena: AlignedBytes
  private let pool: ThreadPool?

  /// `pool` splits large instructions over its threads; nil runs on the caller's alone.
  public init(_ model: PithModel, pool: ThreadPool? = nil) {
    self.model = model
    self.pool = pool
    arena = AlignedBytes(count: model.arenaBytes)
  }

  /// Runs once. Each input has as many floats as its shape, row-major; so has each output. Throws where the
  /// number of inputs or their sizes differ.
  public func run(inputs: [[Float]]) throws(PithError) -> [[Float]] {
    try run(inputs: inputs, observing: nil)
  }

  /// Runs instruction by instruction and calls `observe` with the number of each after it ran, while its output
  /// is still in the arena: see `bytes(ofTensor:)`. Slower than a plain run by the calls only.
  public func run(inputs: [[Float]], observing observe: ((Int) -> Void)?) throws(PithError) -> [[Float]] {
    try check(inputs)
    let buffers = inputs.map { values in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: max(values.count, 1))
      _ = buffer.initialize(from: values)
      return buffer
    }
    let results = model.outputs.map { output in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: max(output.elements, 1))
      buffer.initialize(repeating: 0)
      return buffer
    }
    defer { for buffer in buffers + results { buffer.deallocate() } }
    let bound = buffers.map { UnsafePointer($0.baseAddress) }
    let written = results.map(\.baseAddress)
    if let observe {
      for number in 0..<model.instructionCount {
        try run(inputs: bound, outputs: written, instructions: number..<number + 1)
        observe(number)
      }
    } else {
      try run(inputs: bound, outputs: written)
    }
    return zip(results, model.outputs).map { Array($0.prefix($1.elements)) }
  }

  /// Runs once on the caller's buffers, copying nothing: `inputs[i]` and `outputs[i]` hold as many floats as
  /// `model.inputs[i]` and `model.outputs[i]` have elements and overlap nothing. `instructions` limits the run,
  /// for profiling; an empty range runs none but does all else. Throws where a buffer is null.
  public func run(
    inputs: UnsafePointer<UnsafePointer<Float>?>, outputs: UnsafePointer<UnsafeMutablePointer<Float>?>,
    instructions: Range<Int>? = nil
  ) throws(PithError) {
    var options = pith_options()
    if let instructions {
      // A limit of 0 would mean all.
      if instructions.upperBound <= 0 || instructions.lowerBound < 0 { return }
      options.instruction_first = UInt32(clamping: instructions.lowerBound)
      options.instruction_limit = UInt32(clamping: instructions.upperBound)
    }
    if let pool {
      options.threads = UInt32(pool.threads)
      options.parallel = ThreadPool.callback
      options.pool = Unmanaged.passUnretained(pool).toOpaque()
    }
    let status = withExtendedLifetime(pool) {
      pith_run(model.opened, arena.start, arena.count, inputs, outputs, &options)
    }
    guard status == PITH_OK else { throw PithError(status, String(cString: pith_status_text(status))) }
  }

  private func check(_ inputs: [[Float]]) throws(PithError) {
    guard inputs.count == model.inputs.count else {
      throw PithError(
        PITH_ERROR_ARGUMENT, "the model has \(model.inputs.count) inputs, but \(inputs.count) were given")
    }
    for (values, input) in zip(inputs, model.inputs) where values.count != input.elements {
      throw PithError(
        PITH_ERROR_ARGUMENT,
        "input \(input.name) of shape \(input.shape) takes \(input.elements) values, but got \(values.count)")
    }
  }

  // MARK: Streams

  /// Begins a new stream: every state becomes zero, as it is in a new session.
  public func reset() { _ = pith_reset(model.opened, arena.start, arena.count) }

  /// What the model remembers now, state by state, as many floats as `model.states` have elements.
  public func saveState() -> [[Float]] {
    var flat = [Float](repeating: 0, count: pith_state_bytes(model.opened) / 4)
    flat.withUnsafeMutableBytes {
      _ = pith_save(model.opened, arena.start, arena.count, $0.baseAddress, $0.count)
    }
    var rest = flat[...]
    return model.states.map { state in
      defer { rest = rest.dropFirst(state.elements) }
      return Array(rest.prefix(state.elements))
    }
  }

  /// Goes on with what `saveState` returned. Throws where the number of states or their sizes differ.
  public func restoreState(_ states: [[Float]]) throws(PithError) {
    guard states.map(\.count) == model.states.map(\.elements) else {
      throw PithError(
        PITH_ERROR_ARGUMENT,
        "the model has states of \(model.states.map(\.elements)) elements, but \(states.map(\.count)) were given"
      )
    }
    let flat = states.flatMap(\.self)
    flat.withUnsafeBytes {
      _ = pith_restore(model.opened, arena.start, arena.count, $0.baseAddress, $0.count)
    }
  }

  /// The bytes that a tensor of the arena or of the constants holds now; nil for bound inputs and outputs.
  /// Another tensor that shares its place may have overwritten it.
  public func bytes(ofTensor number: Int) -> [UInt8]? {
    let tensor = model.tensor(number)
    let start: UnsafeRawPointer
    if tensor.isIn(PITH_SPACE_ARENA) {
      start = UnsafeRawPointer(arena.start)
    } else if tensor.isIn(PITH_SPACE_CONSTANTS), let constants = model.opened.pointee.constants {
      start = UnsafeRawPointer(constants)
    } else {
      return nil
    }
    return Array(UnsafeRawBufferPointer(start: start + Int(tensor.offset), count: Int(tensor.bytes)))
  }

  /// The real values that a tensor of the arena or of the constants holds now, row-major in its own axes, NHWC for
  /// bytes; nil for bound inputs and outputs.
  public func values(ofTensor number: Int) -> [Float]? {
    guard let bytes = bytes(ofTensor: number) else { return nil }
    let tensor = model.tensor(number)
    if tensor.isFloat {
      return bytes.withUnsafeBytes { raw in
        (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
    let channels = Int(tensor.channels)
    let stride = Int(tensor.pixel_stride)
    var values: [Float] = []
    values.reserveCapacity(tensor.pixelCount * channels)
    for pixel in 0..<tensor.pixelCount {
      for channel in 0..<channels {
        values.append(Float(Int32(bytes[pixel * stride + channel]) - tensor.zero_point) * tensor.scale)
      }
    }
    return values
  }
}
