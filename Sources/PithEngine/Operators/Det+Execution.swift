import PithGraph

extension Det: Executable {
  /// By elimination with the largest pivot of each column, in double precision.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let values = try inputs.floats(0)
    let n = x.shape[x.rank - 1]
    return [
      Tensor(
        shape: shape,
        floats: (0..<shape.reduce(1, *)).map { index in
          Float(Self.determinant(values[index * n * n..<(index + 1) * n * n].map(Double.init), n))
        })
    ]
  }

  private static func determinant(_ matrix: [Double], _ n: Int) -> Double {
    var (m, result) = (matrix, 1.0)
    for column in 0..<n {
      guard let pivot = (column..<n).max(by: { abs(m[$0 * n + column]) < abs(m[$1 * n + column]) }),
        m[pivot * n + column] != 0
      else { return 0 }
      if pivot != column {
        for index in 0..<n { m.swapAt(pivot * n + index, column * n + index) }
        result = -result
      }
      result *= m[column * n + column]
      for row in column + 1..<max(column + 1, n) {
        let factor = m[row * n + column] / m[column * n + column]
        for index in column..<n { m[row * n + index] -= factor * m[column * n + index] }
      }
    }
    return result
  }
}
