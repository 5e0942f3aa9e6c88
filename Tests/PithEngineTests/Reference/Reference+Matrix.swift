import PithGraph

extension Reference {
  /// The matrix product over the last two axes of operands of at least two axes each, the others broadcasting.
  static func matrixProduct(_ a: Reference, _ b: Reference, leading: [Int]) -> Reference {
    let (rows, inner) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1])
    let columns = b.shape[b.shape.count - 1]
    return Reference(shape: leading + [rows, columns]) { position in
      let (row, column) = (position[position.count - 2], position[position.count - 1])
      return (0..<inner).reduce(0.0) { sum, k in
        sum + a.broadcastElement(position.dropLast(2) + [row, k])
          * b.broadcastElement(position.dropLast(2) + [k, column])
      }
    }
  }

  func transposed() -> Reference { Reference(shape: shape.reversed()) { self[$0.reversed()] } }

  func reshaped(_ shape: [Int]) -> Reference { Reference(shape: shape, values: values) }

  func map(_ body: (Double) -> Double) -> Reference { Reference(shape: shape, values: values.map(body)) }
}
