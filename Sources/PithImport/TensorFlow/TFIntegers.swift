import PithGraph

/// An integer tensor whose elements are known before the graph runs, sizes that only have a name among them.
///
/// TensorFlow computes shapes by small graphs of integers. They are worked out while the model is read, so that nothing of
/// them is left in the network.
struct TFIntegers {
  /// The largest that is worked out.
  static let limit = ImportLimits.foldedElements

  var shape: [Int]
  var elements: [Dimension]

  /// - Returns: nil where the elements are not as many as the shape says, or too many.
  init?(shape: [Int], elements: [Dimension]) {
    guard elements.count <= TFIntegers.limit, Shape.elementCount(shape) == elements.count else { return nil }
    (self.shape, self.elements) = (shape, elements)
  }

  init(_ scalar: Dimension) { (shape, elements) = ([], [scalar]) }

  init(vector: [Dimension]) { (shape, elements) = ([vector.count], vector) }

  /// The numbers, where all are known.
  var numbers: [Int]? {
    let known = elements.compactMap(\.size)
    return known.count == elements.count ? known : nil
  }

  /// The elements that lie at `start` and on from there.
  /// - Returns: nil where one lies outside.
  private func view(_ shape: [Int], start: Int, strides: [Int]) -> TFIntegers? {
    guard let count = Shape.elementCount(shape), count <= TFIntegers.limit else { return nil }
    guard count > 0 else { return TFIntegers(shape: shape, elements: []) }
    var offsets = [start]
    for (size, stride) in zip(shape, strides) {
      offsets = offsets.flatMap { offset in (0..<size).map { offset &+ $0 &* stride } }
    }
    guard offsets.allSatisfy(elements.indices.contains) else { return nil }
    return TFIntegers(shape: shape, elements: offsets.map { elements[$0] })
  }

  func reshaped(_ shape: [Int]) -> TFIntegers? { TFIntegers(shape: shape, elements: elements) }

  /// - Parameter ranges: what is taken of each axis.
  func sliced(_ ranges: [Slice.Range]) -> TFIntegers? {
    let strides = Tensor.strides(of: shape)
    return view(
      ranges.map(\.count), start: zip(ranges, strides).reduce(0) { $0 &+ $1.0.start &* $1.1 },
      strides: zip(ranges, strides).map { $0.step &* $1 })
  }

  func transposed(_ order: [Int]) -> TFIntegers? {
    let strides = Tensor.strides(of: shape)
    return view(order.map { shape[$0] }, start: 0, strides: order.map { strides[$0] })
  }

  /// The slices at `indices` along an axis.
  func gathered(_ indices: TFIntegers, axis: Int) -> TFIntegers? {
    guard let picked = indices.numbers, picked.allSatisfy((0..<shape[axis]).contains) else { return nil }
    let rows = shape[..<axis].reduce(1, *)
    let width = shape[(axis + 1)...].reduce(1, *)
    guard rows * picked.count * width <= TFIntegers.limit else { return nil }
    var result: [Dimension] = []
    for row in 0..<rows {
      for index in picked {
        let start = (row * shape[axis] + index) * width
        result += elements[start..<(start + width)]
      }
    }
    return TFIntegers(
      shape: Array(shape[..<axis]) + indices.shape + Array(shape[(axis + 1)...]), elements: result)
  }

  static func joined(_ parts: [TFIntegers], axis: Int) -> TFIntegers? {
    guard let first = parts.first, first.shape.indices.contains(axis),
      parts.allSatisfy({ $0.shape.count == first.shape.count })
    else { return nil }
    var shape = first.shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let rows = first.shape[..<axis].reduce(1, *)
    guard rows > 0, rows <= TFIntegers.limit, parts.allSatisfy({ $0.elements.count % rows == 0 }) else {
      return nil
    }
    var result: [Dimension] = []
    for row in 0..<rows {
      for part in parts {
        let width = part.elements.count / rows
        result += part.elements[(row * width)..<((row + 1) * width)]
        guard result.count <= TFIntegers.limit else { return nil }
      }
    }
    return TFIntegers(shape: shape, elements: result)
  }

  /// An elementwise operation; operands of different shapes repeat as NumPy's do.
  /// - Returns: nil where the shapes do not fit or an element of the result cannot be named.
  static func combined(
    _ a: TFIntegers, _ b: TFIntegers, _ body: (Dimension, Dimension) -> Dimension?
  ) -> TFIntegers? {
    guard let shape = try? Shape.broadcast(Shape(a.shape), Shape(b.shape)).sizes,
      let x = a.expanded(to: shape), let y = b.expanded(to: shape)
    else { return nil }
    let elements = zip(x.elements, y.elements).compactMap(body)
    return elements.count == x.elements.count ? TFIntegers(shape: shape, elements: elements) : nil
  }

  /// Repeated along axes of 1, and along new ones in front.
  func expanded(to shape: [Int]) -> TFIntegers? {
    let own = Array(repeating: 1, count: Swift.max(0, shape.count - self.shape.count)) + self.shape
    guard own.count == shape.count, zip(own, shape).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
    let strides = Tensor.strides(of: own)
    return view(shape, start: 0, strides: zip(own, strides).map { $0 == 1 ? 0 : $1 })
  }

  /// Folds the axes into single elements.
  /// - Returns: nil where the result cannot be named.
  func reduced(_ axes: [Int], keeps: Bool, _ first: Int?, _ body: (Dimension, Dimension) -> Dimension?)
    -> TFIntegers?
  {
    let kept = shape.indices.filter { !axes.contains($0) }
    guard let ordered = transposed(kept + axes) else { return nil }
    let width = axes.reduce(1) { $0 * shape[$1] }
    let count = kept.reduce(1) { $0 * shape[$1] }
    var result: [Dimension] = []
    for row in 0..<count {
      var total: Dimension? = first.map { .fixed($0) }
      for element in ordered.elements[(row * width)..<((row + 1) * width)] {
        guard let before = total else {
          total = element
          continue
        }
        guard let next = body(before, element) else { return nil }
        total = next
      }
      guard let total else { return nil }
      result.append(total)
    }
    return TFIntegers(
      shape: keeps ? shape.indices.map { axes.contains($0) ? 1 : shape[$0] } : kept.map { shape[$0] },
      elements: result)
  }

  // MARK: Arithmetic that may meet names; nil where the result has none

  /// The quotient, rounded down.
  static func quotient(_ a: Dimension, _ b: Dimension) -> Dimension? {
    guard let divisor = b.size, divisor > 0 else { return a.dividedEvenly(by: b) }
    return a.dividedDown(by: divisor)
  }

  static func remainder(_ a: Dimension, _ b: Dimension) -> Dimension? {
    guard case .fixed(let x) = a, case .fixed(let y) = b, y > 0 else { return nil }
    return .fixed(x % y < 0 ? x % y + y : x % y)
  }

  static func maximum(_ a: Dimension, _ b: Dimension) -> Dimension? {
    if case .fixed(let x) = a, case .fixed(let y) = b { return .fixed(Swift.max(x, y)) }
    // A size is 1 or more.
    if case .fixed(let x) = a, x <= 1 { return b }
    if case .fixed(let y) = b, y <= 1 { return a }
    return a == b ? a : nil
  }

  static func minimum(_ a: Dimension, _ b: Dimension) -> Dimension? {
    if case .fixed(let x) = a, case .fixed(let y) = b { return .fixed(Swift.min(x, y)) }
    if case .fixed(let x) = a, x <= 1 { return a }
    if case .fixed(let y) = b, y <= 1 { return b }
    return a == b ? a : nil
  }
}
