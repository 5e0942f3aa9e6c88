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
  forEachState(model) { _, saved, bytes in total = saved &+ bytes }
  return total
}

@c @implementation
public func pith_reset(
  _ model: UnsafePointer<pith_model>!, _ arena: UnsafeMutableRawPointer!, _ arena_bytes: Int
) -> pith_status {
  let status = check(model, arena, arena_bytes)
  guard status == PITH_OK, let arena else { return status }
  forEachState(model) { place, _, bytes in set(arena + place, bytes, 0) }
  return PITH_OK
}

@c @implementation
public func pith_save(
  _ model: UnsafePointer<pith_model>!, _ arena: UnsafeRawPointer!, _ arena_bytes: Int,
  _ states: UnsafeMutableRawPointer!, _ state_bytes: Int
) -> pith_status {
  let status = check(model, arena, arena_bytes)
  guard status == PITH_OK, let arena else { return status }
  guard let states, state_bytes >= pith_state_bytes(model) else { return PITH_ERROR_ARGUMENT }
  forEachState(model) { place, saved, bytes in
    (states + saved).copyMemory(from: arena + place, byteCount: bytes)
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
  guard let states, state_bytes >= pith_state_bytes(model) else { return PITH_ERROR_ARGUMENT }
  forEachState(model) { place, saved, bytes in
    (arena + place).copyMemory(from: states + saved, byteCount: bytes)
  }
  return PITH_OK
}

/// Calls with each state's place in the arena, its place among the saved ones, and its bytes.
private func forEachState(
  _ model: UnsafePointer<pith_model>?, _ body: (_ place: Int, _ saved: Int, _ bytes: Int) -> Void
) {
  var saved = 0
  var index: UInt32 = 0
  while let state = pith_state(model, index) {
    let bytes = Int(truncatingIfNeeded: state.pointee.bytes)
    body(Int(truncatingIfNeeded: state.pointee.offset), saved, bytes)
    saved = saved &+ bytes
    index &+= 1
  }
}

/// Whether there is a model and an arena that holds its states.
private func check(
  _ model: UnsafePointer<pith_model>?, _ arena: UnsafeRawPointer?, _ bytes: Int
) -> pith_status {
  guard let header = model?.pointee.header, arena != nil, bytes >= 0 else { return PITH_ERROR_ARGUMENT }
  return UInt64(widening: bytes) < header.pointee.arena_bytes ? PITH_ERROR_ARENA : PITH_OK
}
