import Foundation
import PithGraph

extension Pow: Executable {
  /// In double precision; the integer powers of integers are exact where they fit.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    let exponents = Tensor(shape: b.shape, elements: b.doubles())
    func power<T: NumberElement>(_: T.Type) throws -> Tensor {
      if let small = try integers(T.self, a, b, shape) { return small }
      return try BroadcastMap.map(a, exponents, shape: shape) { (x: T, y: Double) in
        T(nearest: Self.power(x.double, y))
      }
    }
    return [try power(a.element.numberType())]
  }

  private static func power(_ x: Double, _ y: Double) -> Double {
    switch y {
    case 1: x
    case 2: x * x
    case 0.5: x.squareRoot()
    default: pow(x, y)
    }
  }

  /// The powers of integers by integers, which may be larger than doubles hold exactly.
  private func integers<T: NumberElement>(
    _: T.Type, _ a: Tensor, _ b: Tensor, _ shape: [Int]
  ) throws -> Tensor? {
    guard !a.element.isFloatingPoint, let exponents = b.integers, exponents.allSatisfy({ $0 >= 0 && $0 < 64 })
    else { return nil }
    let powers = Tensor(shape: b.shape, ints: exponents)
    return try BroadcastMap.map(a, powers, shape: shape) { (x: T, y: Int64) in
      var result = T(nearest: 1)
      for _ in 0..<y { result = T.product(result, x) }
      return result
    }
  }
}
