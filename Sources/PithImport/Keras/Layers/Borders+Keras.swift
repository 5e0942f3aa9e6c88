import PithGraph

/// Zeros around a map.
enum KerasZeroPadding: KerasReader {
  static let classNames = (1...3).map { "ZeroPadding\($0)D" }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.input()
    let (begin, end, axes) = try KerasCropping.amounts(call, x, key: "padding")
    return [try call.add(Pad(), [x, call.integers("pads", begin + end), nil, call.integers("axes", axes)])]
  }
}

/// A map without its border.
enum KerasCropping: KerasReader {
  static let classNames = (1...3).map { "Cropping\($0)D" }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.input()
    let (begin, end, axes) = try amounts(call, x, key: "cropping")
    let ends = end.map { $0 == 0 ? Int(Int32.max) : -$0 }
    return [
      try call.add(
        Slice(),
        [x, call.integers("starts", begin), call.integers("ends", ends), call.integers("axes", axes)])
    ]
  }

  /// How much stands before and after each spatial axis, and which axes these are.
  static func amounts(_ call: KerasCall, _ x: ValueID, key: String) throws
    -> (begin: [Int], end: [Int], axes: [Int])
  {
    let rank = call.layer.className.compactMap(\.wholeNumberValue).first ?? 2
    try call.check(rank: rank + 2, x)
    let value = call.layer.value(key) ?? .number(1)
    // A number, one number an axis, or two numbers an axis. In one dimension a pair is of the two ends.
    var pairs: [[Int]] = []
    if let all = value.int {
      pairs = Array(repeating: [all, all], count: rank)
    } else {
      let list = value.array ?? []
      if rank == 1, list.count == 2, list.allSatisfy({ $0.int != nil }) {
        pairs = [list.compactMap(\.int)]
      } else {
        pairs = list.map { item in item.int.map { [$0, $0] } ?? (item.array ?? []).compactMap(\.int) }
      }
    }
    guard pairs.count == rank,
      pairs.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 >= 0 && $0 < 1 << 24 } })
    else { throw GraphError("its \(key) is not two numbers for each of \(rank) axes; save the model again") }
    let first = try call.layer.isChannelsLast() ? 1 : 2
    return (pairs.map { $0[0] }, pairs.map { $0[1] }, Array(first..<(first + rank)))
  }
}
