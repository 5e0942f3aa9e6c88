import CPith

extension Validator {
  /// A convolution whose zero blocks are left out. Reads its lists of kept blocks: each may begin only behind the last
  /// one, so all instructions together read the constants once at most.
  mutating func isLegalSparseConvolution(_ instruction: InstructionPointer) -> Bool {
    let window = instruction.pointee.window
    guard isLegalBesidesWeights(instruction) else { return false }
    let groups = (window.positions * Size(window.tap_bytes)).value / 4
    let start = UInt64(widening: instruction.pointee.table)
    guard groups <= UInt64(widening: UInt32(UInt16.max)), start & 1 == 0, start >= listsEnd else {
      return false
    }
    var place = start
    var kept: UInt64 = 0
    var channel: Int32 = 0
    // The extent is below 2^30.
    while channel < window.extent {
      guard let count = list(at: &place, positions: groups) else { return false }
      kept &+= count
      channel &+= 16
    }
    listsEnd = place
    return hasWeights(instruction, bytes: Size(saturating: kept &* 64))
  }

  /// The count of the list at `place`, which moves behind it; nil where it leaves the constants or its positions are
  /// not below `positions` and increasing.
  private func list(at place: inout UInt64, positions: UInt64) -> UInt64? {
    guard isInConstants(place, 2) else { return nil }
    let count = UInt64(widening: UInt32(constant(place)))
    place &+= 2
    guard count <= positions, isInConstants(place, count &* 2) else { return nil }
    let end = place &+ count &* 2
    var least: UInt64 = 0
    while place < end {
      let position = UInt64(widening: UInt32(constant(place)))
      guard position >= least, position < positions else { return nil }
      least = position &+ 1
      place &+= 2
    }
    return count
  }

  /// The two bytes at an even place that is in the constants.
  private func constant(_ place: UInt64) -> UInt16 {
    (UnsafeRawPointer(model.constants.unsafelyUnwrapped) + Int(truncatingIfNeeded: place))
      .load(as: UInt16.self)
  }
}
