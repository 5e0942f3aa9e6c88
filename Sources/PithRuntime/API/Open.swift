// The functions are named as in pith.h, which they implement.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CPith
import CPithKernels

@c @implementation
public func pith_open(
  _ model: UnsafeMutablePointer<pith_model>!, _ file: UnsafeRawPointer!, _ bytes: Int, _ flags: UInt32
) -> pith_status {
  guard let model else { return PITH_ERROR_ARGUMENT }
  model.pointee = pith_model()
  guard let file, bytes >= 0 else { return PITH_ERROR_ARGUMENT }
  guard UInt(bitPattern: file) & UInt(truncatingIfNeeded: alignment &- 1) == 0 else {
    return PITH_ERROR_ALIGNMENT
  }
  if bytes >= 4 && file.load(as: UInt32.self) != PITH_MAGIC { return PITH_ERROR_MAGIC }
  guard bytes >= MemoryLayout<pith_header>.size else { return PITH_ERROR_TRUNCATED }
  let header = file.assumingMemoryBound(to: pith_header.self)
  if Int32(header.pointee.version_major) != PITH_VERSION_MAJOR { return PITH_ERROR_VERSION }
  let fileBytes = header.pointee.file_bytes
  guard fileBytes >= UInt64(widening: MemoryLayout<pith_header>.size),
    fileBytes <= UInt64(widening: bytes)
  else { return PITH_ERROR_TRUNCATED }
  if flags & UInt32(PITH_OPEN_CHECKSUM.rawValue) != 0
    && pith_checksum(file, Int(truncatingIfNeeded: fileBytes)) != header.pointee.checksum
  {
    return PITH_ERROR_CHECKSUM
  }
  var opened = pith_model()
  opened.file = file.assumingMemoryBound(to: UInt8.self)
  opened.header = header
  // What plans use lies behind all else.
  let (arenaBytes, planBytes) = (header.pointee.arena_bytes, header.pointee.plan_bytes)
  guard
    planBytes == 0 || (planBytes <= arenaBytes && (planBytes | arenaBytes) & (alignment &- 1) == 0)
  else { return PITH_ERROR_ARENA }
  var validator = Validator(model: opened, fileBytes: fileBytes, arenaBytes: arenaBytes &- planBytes)
  let status = validator.validate()
  if status != PITH_OK {
    model.pointee.last_error = validator.model.last_error
    return status
  }
  model.pointee = validator.model
  return pith_select(model, UInt32(PITH_ISA_AUTO.rawValue))
}

@c @implementation
public func pith_select(_ model: UnsafeMutablePointer<pith_model>!, _ isa: UInt32) -> pith_status {
  guard let model else { return PITH_ERROR_ARGUMENT }
  guard let kernels = pith_kernels_for(isa) else { return PITH_ERROR_UNSUPPORTED }
  model.pointee.kernels = UnsafeRawPointer(kernels)
  model.pointee.isa = pith_kernels_isa(kernels)
  model.pointee.plans = plans(model.pointee)
  return PITH_OK
}

/// The plans for the chosen kernels.
private func plans(_ model: pith_model) -> UnsafePointer<pith_plan>? {
  guard let all = model.all_plans, model.instruction_count > 0 else { return nil }
  var first: UInt32 = 0
  while first < model.plan_count {
    let record = UnsafeRawPointer(all) + int(first) &* int(model.plan_stride)
    let plan = record.assumingMemoryBound(to: pith_plan.self)
    if UInt32(plan.pointee.isa) == model.isa { return plan }
    first &+= model.instruction_count
  }
  return nil
}

@c @implementation
public func pith_isa_available(_ isa: UInt32) -> Int32 { pith_kernels_for(isa) != nil ? 1 : 0 }

@c @implementation
public func pith_isa_best() -> UInt32 {
  pith_kernels_isa(pith_kernels_for(UInt32(PITH_ISA_AUTO.rawValue)))
}
