import PithGraph

/// x · scale + offset.
enum KerasRescaling: KerasReader {
  static let classNames = ["Rescaling"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.floatInput()
    guard let scale = try call.layer.floats("scale"), !scale.isEmpty else {
      throw GraphError("it has no scale; save the model again")
    }
    let offset = try call.layer.floats("offset") ?? [0]
    let y = try call.add(Mul(), [x, operand(call, "scale", scale)])
    if offset.allSatisfy({ $0 == 0 }) { return [y] }
    return [try call.add(Add(), [y, operand(call, "offset", offset)], "offset")]
  }

  /// One number for all, or one for each place of the last axis.
  private static func operand(_ call: KerasCall, _ key: String, _ values: [Float]) -> ValueID {
    call.constant(key) {
      values.count == 1 ? Tensor(values[0]) : Tensor(shape: [values.count], floats: values)
    }
  }
}

/// (x − mean) / √variance with statistics of the training data.
enum KerasNormalization: KerasReader {
  static let classNames = ["Normalization"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    guard layer.value("mean") == nil else { return KerasStructure() }
    return KerasStructure(variables: [
      .init(name: "mean", isTrainable: false), .init(name: "variance", isTrainable: false),
      .init(name: "count", isTrainable: false),
    ])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let (layer, x) = (call.layer, try call.floatInput())
    let shape = try call.shape(x)
    // An absent axis is the last one; `null` means one number for all.
    let listed = try layer.config["axis"] == nil ? [-1] : layer.ints("axis") ?? []
    let axes = try listed.map { try Operands.axis($0, rank: shape.rank) }
    let sizes = try axes.map { try call.size(x, $0) }
    let broadcast = try (0..<shape.rank).map { axes.contains($0) ? try call.size(x, $0) : 1 }
    func statistic(_ key: String) throws -> [Float] {
      var values = try layer.floats(key) ?? layer.array(key, sizes).floats ?? []
      let count = Shape.elementCount(broadcast) ?? 0
      if values.count == 1, count > 1, count <= ImportLimits.foldedElements {
        values = Array(repeating: values[0], count: count)
      }
      guard values.count == count else {
        throw GraphError("its \(key) has \(values.count) numbers for \(count) places")
      }
      return values
    }
    let mean = try statistic("mean")
    // Keras bounds the deviation by its epsilon.
    let deviation = try statistic("variance").map { max($0.squareRoot(), 1e-7) }
    let isInverse = try layer.flag("invert")
    let first = call.constant(isInverse ? "deviation" : "mean") {
      Tensor(shape: broadcast, floats: isInverse ? deviation : mean)
    }
    let second = call.constant(isInverse ? "mean" : "deviation") {
      Tensor(shape: broadcast, floats: isInverse ? mean : deviation)
    }
    if isInverse {
      return [try call.add(Add(), [try call.add(Mul(), [x, first], "scaled"), second])]
    }
    return [try call.add(Div(), [try call.add(Sub(), [x, first], "centred"), second])]
  }
}

/// A map of another size by repetition or interpolation.
enum KerasUpSampling: KerasReader {
  static let classNames = ["UpSampling1D", "UpSampling2D", "UpSampling3D"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let rank = call.layer.className.compactMap(\.wholeNumberValue).first ?? 2
    let x = try call.floatInput()
    try call.check(rank: rank + 2, x)
    let factors = try call.layer.ints("size", count: rank, default: 2)
    guard factors.allSatisfy({ (1..<1 << 16).contains($0) }) else {
      throw GraphError("its size \(factors) does not make sense")
    }
    let scales = call.constant("scales") {
      Tensor(shape: [rank + 2], floats: [1, 1] + factors.map(Float.init))
    }
    let op: Resize
    switch try call.layer.string("interpolation") ?? "nearest" {
    case "nearest": op = Resize(mode: .nearest, coordinates: .asymmetric, nearest: .floor)
    case "bilinear": op = Resize(mode: .linear, coordinates: .halfPixel)
    case let other:
      throw GraphError("its interpolation '\(other.printable())' is not supported; use nearest or bilinear")
    }
    return [try call.ownLayout(try call.add(op, [try call.channelsFirst(x), scales]))]
  }
}

/// Images of a fixed size.
enum KerasResizing: KerasReader {
  static let classNames = ["Resizing"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let (layer, x) = (call.layer, try call.floatInput())
    try call.check(rank: 4, x)
    for key in ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"] where try layer.flag(key) {
      throw GraphError("\(key) is not supported; resize without")
    }
    let sizes = call.integers("sizes", [try layer.size("height"), try layer.size("width")])
    let op: Resize
    switch try layer.string("interpolation") ?? "bilinear" {
    case "nearest":
      op = Resize(mode: .nearest, coordinates: .halfPixel, nearest: .roundPreferCeil, axes: [2, 3])
    case "bilinear": op = Resize(mode: .linear, coordinates: .halfPixel, axes: [2, 3])
    case let other:
      throw GraphError("its interpolation '\(other.printable())' is not supported; use nearest or bilinear")
    }
    return [try call.ownLayout(try call.add(op, [try call.channelsFirst(x), sizes]))]
  }
}

/// The middle of an image.
enum KerasCenterCrop: KerasReader {
  static let classNames = ["CenterCrop"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.input()
    let rank = try call.shape(x).rank
    guard (3...4).contains(rank) else { throw GraphError("its operand must have three or four axes") }
    let first = try rank - 3 + (call.layer.isChannelsLast() ? 0 : 1)
    let target = [try call.layer.size("height"), try call.layer.size("width")]
    let sizes = [try call.size(x, first), try call.size(x, first + 1)]
    guard zip(sizes, target).allSatisfy({ $0 >= $1 }) else {
      throw GraphError(
        "images of \(sizes) are smaller than \(target), and enlarging is not supported; resize them first")
    }
    let starts = zip(sizes, target).map { ($0 - $1) / 2 }
    return [
      try call.add(
        Slice(),
        [
          x, call.integers("starts", starts), call.integers("ends", zip(starts, target).map(+)),
          call.integers("axes", [first, first + 1]),
        ])
    ]
  }
}
