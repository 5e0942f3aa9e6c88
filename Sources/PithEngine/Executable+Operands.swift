import PithGraph

/// The most elements that one tensor may have: what BLAS can index.
let maximumElementCount = Int(Int32.max)

extension Executable {
  /// The shapes of the outputs for these very operands, by the operator's own inference.
  /// - Throws: `GraphError` where the operands are illegal or an output is too large to be held.
  func outputShapes(_ inputs: [Tensor?]) throws -> [[Int]] {
    guard Self.operandCount.contains(inputs.count) else {
      throw GraphError("\(Self.name) cannot take \(inputs.count) operands")
    }
    for (index, tensor) in inputs.enumerated() {
      guard let size = tensor?.shape.max(), size > maximumElementCount else { continue }
      throw GraphError("operand \(index) has an axis of \(size), which is too large")
    }
    let types = try inferTypes(Operands(types: inputs.map { $0?.type }, constants: inputs))
    return try types.map { type in
      guard let sizes = type.shape.sizes, let count = Shape.elementCount(sizes), count <= maximumElementCount
      else { throw GraphError("an output of shape \(type.shape) is too large") }
      return sizes
    }
  }

  /// The shape of the only output.
  func outputShape(_ inputs: [Tensor?]) throws -> [Int] {
    guard let shape = try outputShapes(inputs).first else { throw GraphError("\(Self.name) has no output") }
    return shape
  }
}

extension [Tensor?] {
  /// A required operand.
  func tensor(_ index: Int) throws -> Tensor {
    guard index < count, let tensor = self[index] else { throw GraphError("operand \(index) is missing") }
    return tensor
  }

  /// An optional operand.
  func optional(_ index: Int) -> Tensor? { index < count ? self[index] : nil }

  /// The elements of a required float32 operand.
  func floats(_ index: Int) throws -> [Float] {
    let tensor = try tensor(index)
    guard let values = tensor.floats else {
      throw GraphError(
        "operand \(index) is \(tensor.element.rawValue), but the engine computes with float32 only")
    }
    return values
  }

  /// Takes a required operand out, so that the caller may be its only holder.
  mutating func take(_ index: Int) throws -> Tensor {
    let tensor = try tensor(index)
    self[index] = nil
    return tensor
  }

  /// Takes a required float32 operand out, so that the caller may be its only holder.
  mutating func takeFloats(_ index: Int) throws -> Tensor {
    let tensor = try take(index)
    guard tensor.element == .float32 else {
      throw GraphError(
        "operand \(index) is \(tensor.element.rawValue), but the engine computes with float32 only")
    }
    return tensor
  }
}

extension Tensor {
  /// A float32 tensor whose elements `body` writes, every one, into memory that is not initialized before.
  /// - Precondition: the shape's elements can be counted; `outputShapes` has seen to it.
  static func computing(
    _ shape: [Int], _ body: (UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows -> Tensor {
    let count = Shape.elementCount(shape) ?? 0
    let values = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0, let base = buffer.baseAddress { try body(base) }
      initialized = count
    }
    return Tensor(shape: shape, floats: values)
  }
}
