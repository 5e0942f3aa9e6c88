import Foundation
import PithGraph

/// A reduction that is defined by what it makes of a list of numbers.
protocol ListReduction: Reduction {
  /// Of floating-point numbers, in double precision.
  static func reduce(_ values: some Sequence<Double>) -> Double
  /// Of integers; nil where integers are reduced as reals. Sums and products wrap around.
  static func reduce(_ values: some Sequence<Int64>) -> Int64?
}

extension ListReduction {
  static func reduce(_ values: some Sequence<Int64>) -> Int64? { nil }
}

extension ReduceSum: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double { values.reduce(0, +) }
  static func reduce(_ values: some Sequence<Int64>) -> Int64? { values.reduce(0, &+) }
}

extension ReduceProd: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double { values.reduce(1, *) }
  static func reduce(_ values: some Sequence<Int64>) -> Int64? { values.reduce(1, &*) }
}

extension ReduceMax: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double {
    values.reduce(-.infinity) { $0.isNaN || $0 > $1 ? $0 : $1 }
  }
  static func reduce(_ values: some Sequence<Int64>) -> Int64? { values.reduce(.min) { max($0, $1) } }
}

extension ReduceMin: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double {
    values.reduce(.infinity) { $0.isNaN || $0 < $1 ? $0 : $1 }
  }
  static func reduce(_ values: some Sequence<Int64>) -> Int64? { values.reduce(.max) { min($0, $1) } }
}

extension ReduceL1: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + abs($1) } }
}

extension ReduceL2: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}

extension ReduceSumSquare: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 } }
  static func reduce(_ values: some Sequence<Int64>) -> Int64? { values.reduce(0) { $0 &+ $1 &* $1 } }
}

extension ReduceLogSum: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  static func reduce(_ values: some Sequence<Double>) -> Double { log(values.reduce(0, +)) }
}

extension ReduceLogSumExp: ListReduction, Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { try reduce(inputs) }

  /// The largest is taken out first, so that no exponential overflows.
  static func reduce(_ values: some Sequence<Double>) -> Double {
    let values = Array(values)
    let largest = values.max() ?? 0
    guard largest.isFinite else { return values.isEmpty ? -.infinity : largest }
    return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
  }
}

extension Executable where Self: ListReduction {
  fileprivate func reduce(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let reduced = try axes(inputs.optional(1)?.integers, rank: x.rank)
    let kept = (0..<x.rank).filter { !reduced.contains($0) }
    // The reduced axes go last, so that what is reduced is contiguous.
    let strides = Tensor.strides(of: x.shape)
    let order = kept + reduced
    let rows =
      order == Array(0..<x.rank)
      ? x : x.restrided(order.map { x.shape[$0] }, strides: order.map { strides[$0] })
    let count = reduced.reduce(1) { $0 * x.shape[$1] }
    let outputs = shape.reduce(1, *)
    func evaluate<T: NumberElement>(_: T.Type) throws -> Tensor {
      let values: [T] = try rows.elements()
      let isReal = x.element.isFloatingPoint
      return Tensor(
        shape: shape,
        elements: (0..<outputs).map { row in
          let part = values[row * count..<(row + 1) * count]
          if !isReal, let whole = Self.reduce(part.lazy.map(\.whole)) {
            return T(wrapping: whole)
          }
          return T(nearest: Self.reduce(part.lazy.map(\.double)))
        })
    }
    if case .bool(let flags) = rows.storage {
      return [
        Tensor(
          shape: shape,
          elements: (0..<outputs).map { row in
            Self.reduce(flags[row * count..<(row + 1) * count].lazy.map { $0 ? 1.0 : 0 }) > 0
          })
      ]
    }
    return [try evaluate(x.element.numberType())]
  }
}
