import PithGraph

extension MatMul: Differentiable {
  public var parameterOperands: [Int] { [0, 1] }

  public func gradientReads(needed: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { needed[1 - $0] })
  }

  /// With G the gradient of A · B: that of A is G · Bᵀ, and that of B is Aᵀ · G, summed over repetitions.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let (shapeA, shapeB) = (try pass.inputShape(0), try pass.inputShape(1))
    let products = MatMulGradient(gradient: gradient, shapeA: shapeA, shapeB: shapeB)
    return [
      pass.isNeeded(0) ? products.ofLeft(right: try pass.input(1)).reshaped(shapeA) : nil,
      pass.isNeeded(1) ? products.ofRight(left: try pass.input(0)).reshaped(shapeB) : nil,
    ]
  }
}

/// The products that a matrix product's gradients are, for operands of any rank.
private struct MatMulGradient {
  let gradient: Tensor
  /// The operands' shapes with vectors as matrices of one row or one column.
  let a: [Int]
  let b: [Int]
  let leading: [Int]
  let rows: Int
  let inner: Int
  let columns: Int
  /// Where each position of the leading axes has its matrices.
  let offsetsA: [Int]
  let offsetsB: [Int]
  let offsets: [Int]

  init(gradient: Tensor, shapeA: [Int], shapeB: [Int]) {
    self.gradient = gradient
    a = shapeA.count == 1 ? [1] + shapeA : shapeA
    b = shapeB.count == 1 ? shapeB + [1] : shapeB
    (rows, inner, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    leading = Array(gradient.shape.dropLast((shapeA.count == 1 ? 0 : 1) + (shapeB.count == 1 ? 0 : 1)))
    offsetsA = MatMul.offsets(a.dropLast(2), leading, matrix: rows * inner)
    offsetsB = MatMul.offsets(b.dropLast(2), leading, matrix: inner * columns)
    let size = rows * columns
    offsets = offsetsA.indices.map { $0 * size }
  }

  /// Whether all matrices on the left meet the same on the right, so that they are one matrix.
  private var isShared: Bool {
    offsetsB.allSatisfy { $0 == 0 } && offsetsA.enumerated().allSatisfy { $1 == $0 * rows * inner }
  }

  func ofLeft(right: Tensor) -> Tensor {
    guard gradient.count > 0, inner > 0 else { return .zeros(a) }
    if isShared {
      return .computing(a) { output in
        multiply(gradient, right) { gradient, right in
          MatrixProduct.multiplyInParallel(
            rows: offsets.count * rows, columns: inner, inner: columns,
            MatrixOperand(base: gradient, pitch: columns),
            MatrixOperand(base: right, pitch: columns, isTransposed: true), output, pitch: inner)
        }
      }
    }
    let each = Tensor.computing(leading + [rows, inner]) { output in
      multiply(gradient, right) { gradient, right in
        MatMul.multiplyEach(
          offsets, MatrixOperand(base: gradient, pitch: columns), offsetsB,
          MatrixOperand(base: right, pitch: columns, isTransposed: true), (rows, inner, columns), output)
      }
    }
    return each.summed(to: a)
  }

  func ofRight(left: Tensor) -> Tensor {
    guard gradient.count > 0, inner > 0 else { return .zeros(b) }
    if isShared {
      return .computing(b) { output in
        multiply(left, gradient) { left, gradient in
          MatrixProduct.multiplyInParallel(
            rows: inner, columns: columns, inner: offsets.count * rows,
            MatrixOperand(base: left, pitch: inner, isTransposed: true),
            MatrixOperand(base: gradient, pitch: columns), output, pitch: columns)
        }
      }
    }
    let each = Tensor.computing(leading + [inner, columns]) { output in
      multiply(left, gradient) { left, gradient in
        MatMul.multiplyEach(
          offsetsA, MatrixOperand(base: left, pitch: inner, isTransposed: true), offsets,
          MatrixOperand(base: gradient, pitch: columns), (inner, columns, rows), output)
      }
    }
    return each.summed(to: b)
  }

  private func multiply(
    _ a: Tensor, _ b: Tensor, _ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void
  ) {
    a.withFloats { a in b.withFloats { b in body(a, b) } }
  }
}
