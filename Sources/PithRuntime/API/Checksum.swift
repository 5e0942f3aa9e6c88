// The functions are named as in pith.h, which they implement.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CPith
import CPithKernels

/// A hash for damage, not for enemies: four lanes of multiply and rotate over little-endian 64-bit words.
///
/// For a given word each step maps lane states one to one, and for a given state it maps words one to one; so do
/// the steps that join the lanes and mix in the length. Files that differ within a single aligned word, and
/// nowhere else, therefore always differ in their checksum.
private struct Lanes {
  var a: UInt64 = 0x243F_6A88_85A3_08D3
  var b: UInt64 = 0x1319_8A2E_0370_7344
  var c: UInt64 = 0xA409_3822_299F_31D0
  var d: UInt64 = 0x082E_FA98_EC4E_6C89

  /// Absorbs one word: a bijection of either argument while the other is fixed.
  @inline(__always)
  static func step(_ state: UInt64, _ word: UInt64) -> UInt64 {
    pith_rotate_left((state ^ word) &* 0x9E37_79B9_7F4A_7C15, 29)
  }

  /// Absorbs word `index` of the file into its lane.
  @inline(__always)
  mutating func absorb(_ word: UInt64, _ index: Int) {
    switch index & 3 {
    case 0: a = Lanes.step(a, word)
    case 1: b = Lanes.step(b, word)
    case 2: c = Lanes.step(c, word)
    default: d = Lanes.step(d, word)
    }
  }

  func joined(length: UInt64) -> UInt64 {
    var state = Lanes.step(Lanes.step(Lanes.step(a, b), c), d)
    state = Lanes.step(state, length)
    // Each is invertible: spreads the last word's change over all bits.
    state ^= state &>> 32
    state = state &* 0xD6E8_FEB8_6659_FD93
    return state ^ (state &>> 32)
  }
}

@c @implementation
public func pith_checksum(_ file: UnsafeRawPointer!, _ bytes: Int) -> UInt64 {
  guard let file, bytes > 0 else { return Lanes().joined(length: 0) }
  var lanes = Lanes()
  let words = bytes &>> 3
  var index = 0
  // The first four words by themselves, as the third is the checksum's own place.
  while index < words && index < 4 {
    lanes.absorb(index == 2 ? 0 : word(file, index), index)
    index &+= 1
  }
  while index &+ 4 <= words {
    lanes.a = Lanes.step(lanes.a, word(file, index))
    lanes.b = Lanes.step(lanes.b, word(file, index &+ 1))
    lanes.c = Lanes.step(lanes.c, word(file, index &+ 2))
    lanes.d = Lanes.step(lanes.d, word(file, index &+ 3))
    index &+= 4
  }
  while index < words {
    lanes.absorb(word(file, index), index)
    index &+= 1
  }
  if bytes & 7 != 0 && words != 2 {
    var tail: UInt64 = 0
    var place = 0
    while place < bytes & 7 {
      let byte = (file + (words &<< 3 &+ place)).load(as: UInt8.self)
      tail |= UInt64(widening: UInt32(byte)) &<< UInt64(widening: place &<< 3)
      place &+= 1
    }
    lanes.absorb(tail, words)
  }
  return lanes.joined(length: UInt64(widening: bytes))
}

@inline(__always)
private func word(_ file: UnsafeRawPointer, _ index: Int) -> UInt64 {
  UInt64(littleEndian: (file + index &<< 3).loadUnaligned(as: UInt64.self))
}
