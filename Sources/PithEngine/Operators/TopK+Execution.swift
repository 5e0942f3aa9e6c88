import PithGraph

extension TopK: Executable {
  /// Of equal elements the first counts; NaN is larger than all numbers.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let axis = try Operands.axis(axis, rank: x.rank)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let (size, count) = (x.shape[axis], shape[axis])
    var places = [Int64](repeating: 0, count: shape.reduce(1, *))
    var sources = [Int](repeating: 0, count: places.count)
    func evaluate<T: NumberElement>(_: T.Type) throws {
      let values: [T] = try x.elements()
      for outer in 0..<(size == 0 || count == 0 ? 0 : values.count / size) {
        let start = outer / inner * inner * size + outer % inner
        let order = (0..<size).sorted { a, b in
          let (x, y) = (values[start + a * inner], values[start + b * inner])
          if x.isNotANumber || y.isNotANumber {
            if x.isNotANumber == y.isNotANumber { return a < b }
            return x.isNotANumber == selectsLargest
          }
          return x == y ? a < b : (x > y) == selectsLargest
        }
        let target = outer / inner * inner * count + outer % inner
        for (place, source) in order.prefix(count).enumerated() {
          places[target + place * inner] = Int64(source)
          sources[target + place * inner] = start + source * inner
        }
      }
    }
    try evaluate(x.element.numberType())
    return [x.gathering(shape) { sources[$0] }, Tensor(shape: shape, elements: places)]
  }
}
