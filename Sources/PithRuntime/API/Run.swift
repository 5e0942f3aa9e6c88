// The functions are named as in pith.h, which they implement.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CPith
import CPithKernels

@c @implementation
public func pith_run(
  _ model: UnsafePointer<pith_model>!, _ arena: UnsafeMutableRawPointer!, _ arena_bytes: Int,
  _ inputs: UnsafePointer<UnsafePointer<Float>?>!, _ outputs: UnsafePointer<UnsafeMutablePointer<Float>?>!,
  _ options: UnsafePointer<pith_options>!
) -> pith_status {
  guard let model, let arena, let header = model.pointee.header, var kernels = model.pointee.kernels,
    arena_bytes >= 0
  else { return PITH_ERROR_ARGUMENT }
  if UInt(bitPattern: arena) & UInt(truncatingIfNeeded: alignment &- 1) != 0 { return PITH_ERROR_ALIGNMENT }
  if UInt64(widening: arena_bytes) < header.pointee.arena_bytes { return PITH_ERROR_ARENA }
  guard areBound(inputs, header.pointee.input_count), areBound(outputs, header.pointee.output_count) else {
    return PITH_ERROR_ARGUMENT
  }
  var first: UInt32 = 0
  var end = model.pointee.instruction_count
  var threads: UInt32 = 1
  var plans = model.pointee.plans
  if let options {
    let isa = options.pointee.isa
    if isa != UInt32(PITH_ISA_AUTO.rawValue) && isa != model.pointee.isa {
      guard let wanted = pith_kernels_for(isa) else { return PITH_ERROR_UNSUPPORTED }
      kernels = UnsafeRawPointer(wanted)
      // They are those of the model's own kernels.
      plans = nil
    }
    threads = options.pointee.threads
    if threads > 1 && options.pointee.parallel == nil { return PITH_ERROR_ARGUMENT }
    first = options.pointee.instruction_first
    let limit = options.pointee.instruction_limit
    if limit != 0 && limit < end { end = limit }
  }
  let executor = Executor(
    model: model, kernels: kernels.assumingMemoryBound(to: pith_kernels.self), arena: arena, inputs: inputs,
    outputs: outputs, plans: plans.map { UnsafeRawPointer($0) }, threads: threads,
    parallel: options?.pointee.parallel, pool: options?.pointee.pool)
  executor.run(from: first, to: end)
  return PITH_OK
}

/// Whether every input is there and can be read as floats.
private func areBound(_ buffers: UnsafePointer<UnsafePointer<Float>?>?, _ count: UInt32) -> Bool {
  if count == 0 { return true }
  guard let buffers else { return false }
  var index = 0
  while index < int(count) {
    guard let buffer = buffers[index], UInt(bitPattern: buffer) & 3 == 0 else { return false }
    index &+= 1
  }
  return true
}

/// Whether every output is there and can be written as floats.
private func areBound(_ buffers: UnsafePointer<UnsafeMutablePointer<Float>?>?, _ count: UInt32) -> Bool {
  guard let buffers else { return count == 0 }
  return areBound(
    UnsafeRawPointer(buffers).assumingMemoryBound(to: UnsafePointer<Float>?.self), count)
}
