// The functions are named as in pith.h, which they implement.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CPith

@c @implementation
public func pith_arena_bytes(_ model: UnsafePointer<pith_model>!) -> Int {
  guard let header = model?.pointee.header else { return 0 }
  return Int(truncatingIfNeeded: header.pointee.arena_bytes)
}

@c @implementation
public func pith_input_count(_ model: UnsafePointer<pith_model>!) -> UInt32 {
  model?.pointee.header?.pointee.input_count ?? 0
}

@c @implementation
public func pith_output_count(_ model: UnsafePointer<pith_model>!) -> UInt32 {
  model?.pointee.header?.pointee.output_count ?? 0
}

@c @implementation
public func pith_input(_ model: UnsafePointer<pith_model>!, _ index: UInt32) -> UnsafePointer<pith_tensor>! {
  guard let model, index < pith_input_count(model) else { return nil }
  return model.pointee.tensor(model.pointee.interface[int(index)])
}

@c @implementation
public func pith_output(_ model: UnsafePointer<pith_model>!, _ index: UInt32) -> UnsafePointer<pith_tensor>! {
  guard let model, index < pith_output_count(model) else { return nil }
  return model.pointee.tensor(model.pointee.interface[int(pith_input_count(model)) &+ int(index)])
}

@c @implementation
public func pith_name(_ model: UnsafePointer<pith_model>!, _ name: UInt32) -> UnsafePointer<CChar>! {
  guard let names = model?.pointee.names, UInt64(widening: name) < model.pointee.names_bytes else {
    return text("")
  }
  return names + int(name)
}

@c @implementation
public func pith_status_text(_ status: pith_status) -> UnsafePointer<CChar>! {
  switch status {
  case PITH_OK: return text("fine")
  case PITH_ERROR_TRUNCATED: return text("the file is shorter than its header says")
  case PITH_ERROR_MAGIC: return text("this is not a .pith file")
  case PITH_ERROR_VERSION: return text("the file was made for another major version of the format")
  case PITH_ERROR_CHECKSUM: return text("the file is damaged: its checksum does not fit")
  case PITH_ERROR_ALIGNMENT: return text("the file or the arena does not lie at a multiple of 64 bytes")
  case PITH_ERROR_SECTION: return text("a section is missing, overlaps another or reaches outside the file")
  case PITH_ERROR_TENSOR: return text("a tensor's shape, type or place is impossible")
  case PITH_ERROR_INSTRUCTION: return text("an instruction's operands or parameters do not fit")
  case PITH_ERROR_OPCODE: return text("an instruction is not known to this runtime")
  case PITH_ERROR_INTERFACE: return text("the inputs or outputs are not what the header says")
  case PITH_ERROR_ARENA: return text("the arena is too small")
  case PITH_ERROR_ARGUMENT: return text("an argument is missing or impossible")
  case PITH_ERROR_UNSUPPORTED: return text("this CPU or build lacks the kernels asked for")
  default: return text("an unknown status")
  }
}

@c @implementation
public func pith_isa_name(_ isa: UInt32) -> UnsafePointer<CChar>! {
  switch isa {
  case PITH_ISA_AUTO.rawValue: return text("auto")
  case PITH_ISA_SCALAR.rawValue: return text("scalar")
  case PITH_ISA_AVX2.rawValue: return text("avx2")
  case PITH_ISA_AVX_VNNI.rawValue: return text("avx-vnni")
  case PITH_ISA_AVX512_VNNI.rawValue: return text("avx512-vnni")
  default: return text("unknown")
  }
}

@inline(__always)
private func text(_ literal: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
}
