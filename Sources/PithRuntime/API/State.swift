// The functions are named as in pith.h, which they implement.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CPith

@c @implementation
public func pith_state_count(_ model: UnsafePointer<pith_model>!) -> UInt32 {
  model?.pointee.state_count ?? 0
}

@c @implementation
public func pith_state(_ model: UnsafePointer<pith_model>!, _ index: UInt32) -> UnsafePointer<pith_tensor>! {
  guard let model, index < pith_state_count(model) else { return nil }
  return model.pointee.tensor(model.pointee.states[int(index)])
}

@c @implementation
public func pith_state_bytes(_ model: UnsafePointer<pith_model>!) -> Int {
  var total = 0
  var index: UInt32 = 0
  while let state = pith_state(model, index) {
    total = total &+ Int(truncatingIfNeeded: state.pointee.bytes)
    index &+= 1
  }
  return total
}

@c @implementation
public func pith_reset(
  _ model: UnsafePointer<pith_model>!, _ arena: UnsafeMutableRawPointer!, _ arena_bytes: Int
) -> pith_status {
  let status = check(model, arena, arena_bytes)
  guard status == PITH_OK, let arena else { return status }
  var index: UInt32 = 0
  while let state = pith_state(model, index) {
    set(
      arena + Int(truncatingIfNeeded: state.pointee.offset), Int(truncatingIfNeeded: state.pointee.bytes), 0)
    index &+= 1
  }
  return PITH_OK
}

@c @implementation
public func pith_save(
  _ model: UnsafePointer<pith_model>!, _ arena: UnsafeRawPointer!, _ arena_bytes: Int,
  _ states: UnsafeMutableRawPointer!, _ state_bytes: Int
) -> pith_status {
  let status = check(model, arena, arena_bytes)
  guard status == PITH_OK, let arena else { return status }
  guard var to = states, state_bytes >= pith_state_bytes(model) else { return PITH_ERROR_ARGUMENT }
  var index: UInt32 = 0
  while let state = pith_state(model, index) {
    let bytes = Int(truncatingIfNeeded: state.pointee.bytes)
    to.copyMemory(from: arena + Int(truncatingIfNeeded: state.pointee.offset), byteCount: bytes)
    to += bytes
    index &+= 1
  }
  return PITH_OK
}

@c @implementation
public func pith_restore(
  _ model: UnsafePointer<pith_model>!, _ arena: UnsafeMutableRawPointer!, _ arena_bytes: Int,
  _ states: UnsafeRawPointer!, _ state_bytes: Int
) -> pith_status {
  let status = check(model, arena, arena_bytes)
  guard status == PITH_OK, let arena else { return status }
  guard var from = states, state_bytes >= pith_state_bytes(model) else { return PITH_ERROR_ARGUMENT }
  var index: UInt32 = 0
  while let state = pith_state(model, index) {
    let bytes = Int(truncatingIfNeeded: state.pointee.bytes)
    (arena + Int(truncatingIfNeeded: state.pointee.offset)).copyMemory(from: from, byteCount: bytes)
    from += bytes
    index &+= 1
  }
  return PITH_OK
}

/// Whether there is a model and an arena that holds its states.
private func check(
  _ model: UnsafePointer<pith_model>?, _ arena: UnsafeRawPointer?, _ bytes: Int
) -> pith_status {
  guard let header = model?.pointee.header, arena != nil, bytes >= 0 else { return PITH_ERROR_ARGUMENT }
  return UInt64(widening: bytes) < header.pointee.arena_bytes ? PITH_ERROR_ARENA : PITH_OK
}
