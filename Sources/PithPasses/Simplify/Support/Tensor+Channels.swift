import PithGraph

extension Tensor {
  /// One number for each channel (axis 1) of a value of that shape, where broadcasting this float32 tensor against it
  /// varies along axis 1 only and does not enlarge it.
  ///
  /// For a map `[N, C, H, W]` that is `[C, 1, 1]`, `[1, C, 1, 1]` or a scalar, but not `[C]`, which runs along W; for
  /// a matrix `[N, C]` it is `[C]`, `[1, C]` or a scalar.
  func channels(of shape: Shape) -> [Double]? {
    guard let floats, shape.rank >= 2, rank <= shape.rank, let channels = shape[1].size, channels > 0
    else { return nil }
    let offset = shape.rank - rank
    for (axis, size) in self.shape.enumerated() where size != 1 {
      guard axis + offset == 1, size == channels else { return nil }
    }
    if floats.count == 1 { return [Double](repeating: Double(floats[0]), count: channels) }
    return floats.map(Double.init)
  }

  /// Whether every element is this number.
  func isFilled(with value: Double) -> Bool {
    switch storage {
    case .float32(let values): values.allSatisfy { Double($0) == value }
    case .float64(let values): values.allSatisfy { $0 == value }
    case .int64, .int32, .int8, .uint8: integers?.allSatisfy { Double($0) == value } ?? false
    case .bool: false
    }
  }
}

/// The numbers rounded to Float, or nil where one of them is not finite.
func finiteFloats(_ values: [Double]) -> [Float]? {
  let floats = values.map { Float($0) }
  return floats.allSatisfy(\.isFinite) ? floats : nil
}
