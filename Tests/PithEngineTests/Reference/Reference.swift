import PithGraph
import Testing

/// A tensor in double precision with the plainest code there is: what the engine is compared with.
struct Reference {
  var shape: [Int]
  var values: [Double]

  init(shape: [Int], values: [Double]) {
    self.shape = shape
    self.values = values
  }

  /// A tensor whose element at each position is what `body` says.
  init(shape: [Int], _ body: ([Int]) -> Double) {
    self.init(shape: shape, values: Reference.positions(shape).map(body))
  }

  init(_ tensor: Tensor) {
    shape = tensor.shape
    values =
      switch tensor.storage {
      case .float32(let values): values.map(Double.init)
      case .float64(let values): values
      case .bool(let values): values.map { $0 ? 1 : 0 }
      default: (tensor.integers ?? []).map(Double.init)
      }
  }

  subscript(position: [Int]) -> Double {
    var index = 0
    for (size, at) in zip(shape, position) { index = index * size + at }
    return values[index]
  }

  /// The element at a position; `outside` where an axis does not go that far.
  func element(_ position: [Int], outside: Double) -> Double {
    zip(shape, position).allSatisfy { (0..<$0).contains($1) } ? self[position] : outside
  }

  /// The element that broadcasting puts at a position of a larger shape.
  func broadcastElement(_ position: [Int]) -> Double {
    self[zip(shape, position.suffix(shape.count)).map { $0 == 1 ? 0 : $1 }]
  }

  /// All positions of a shape in row-major order.
  static func positions(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { prefixes, size in prefixes.flatMap { prefix in (0..<size).map { prefix + [$0] } } }
  }
}

/// Expects each element to be within `tolerance` of the reference, relative to the larger of it and the mean magnitude.
func expectClose(
  _ actual: Tensor, _ expected: Reference, tolerance: Double = 1e-5, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == expected.shape, comment, sourceLocation: sourceLocation)
  let values = Reference(actual).values
  guard values.count == expected.values.count else { return }
  let mean = expected.values.reduce(0) { $0 + abs($1) } / Double(max(1, values.count))
  let wrong = values.indices.filter { index in
    let (a, b) = (values[index], expected.values[index])
    return a != b && !(abs(a - b) <= tolerance * max(mean, abs(b)))
  }
  let examples = wrong.prefix(4).map { "[\($0)] is \(values[$0]), not \(expected.values[$0])" }
  #expect(examples == [], comment, sourceLocation: sourceLocation)
}
