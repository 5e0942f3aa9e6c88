import PithGraph

/// All axes but the batch as one, channels last.
enum KerasFlatten: KerasReader {
  static let classNames = ["Flatten"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    var x = try call.input()
    let rank = try call.shape(x).rank
    if rank == 1 { return [try call.unsqueeze(x, [1], "expand")] }
    // With channels first, Keras too flattens them as the last axis.
    if try !call.layer.isChannelsLast(), rank > 2 {
      x = try call.transpose(x, [0] + Array(2..<rank) + [1], "nhwc")
    }
    return [try call.add(Flatten(), [x])]
  }
}

/// The same elements of each sample under another shape.
enum KerasReshape: KerasReader {
  static let classNames = ["Reshape"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.input()
    guard let target = try call.layer.ints("target_shape"), target.allSatisfy({ $0 > 0 || $0 == -1 }) else {
      throw GraphError(
        "its target_shape must be positive integers, or -1 for one of them; save the model again")
    }
    // The batch, whose size is not known, must not make up for what is missing.
    let sizes = try call.shape(x).dimensions.dropFirst().compactMap(\.size)
    if try sizes.count == call.shape(x).rank - 1, let count = Shape.elementCount(sizes),
      let known = Shape.elementCount(target.filter { $0 > 0 })
    {
      let fits = target.contains(-1) ? count % known == 0 : count == known
      guard fits else { throw GraphError("samples of \(sizes) cannot become \(target)") }
    }
    return [try call.reshape(x, [0] + target, "reshape")]
  }
}

/// The axes but the batch in another order.
enum KerasPermute: KerasReader {
  static let classNames = ["Permute"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    guard let order = try call.layer.ints("dims") else {
      throw GraphError("it has no dims; save the model again")
    }
    return [try call.transpose(try call.input(), [0] + order, "permute")]
  }
}

/// A vector again and again, as a sequence.
enum KerasRepeatVector: KerasReader {
  static let classNames = ["RepeatVector"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.input()
    try call.check(rank: 2, x)
    let count = try call.layer.size("n")
    return [
      try call.add(Tile(), [try call.unsqueeze(x, [1], "step"), call.integers("repeats", [1, count, 1])])
    ]
  }
}
