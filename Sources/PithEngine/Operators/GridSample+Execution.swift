import PithGraph

extension GridSample: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let (values, grid) = (try inputs.floats(0), try inputs.floats(1))
    let sizes = Array(x.shape.dropFirst(2))
    guard !sizes.contains(0) else { throw GraphError("there is nothing to sample") }
    let strides = Tensor.strides(of: sizes)
    let (channels, count) = (shape[1], sizes.reduce(1, *))
    let positions = shape.dropFirst(2).reduce(1, *)
    var result = [Float](repeating: 0, count: shape.reduce(1, *))
    for image in 0..<shape[0] {
      for position in 0..<positions {
        let start = (image * positions + position) * sizes.count
        // Coordinates come with the innermost axis first.
        let read = sizes.indices.map { axis in
          taps(Double(grid[start + sizes.count - 1 - axis]), size: sizes[axis])
        }
        let sources = Self.product(read, strides)
        for channel in 0..<channels {
          let plane = (image * channels + channel) * count
          var sum = 0.0
          for (index, weight) in sources { sum += Double(values[plane + index]) * weight }
          result[(image * channels + channel) * positions + position] = Float(sum)
        }
      }
    }
    return [Tensor(shape: shape, floats: result)]
  }

  /// Every combination of taps of the axes: an element of the plane and its weight.
  private static func product(
    _ taps: [[(index: Int, weight: Double)]], _ strides: [Int]
  ) -> [(Int, Double)] {
    var result = [(0, 1.0)]
    for (axis, list) in taps.enumerated() {
      result = result.flatMap { offset, weight in
        list.map { (offset + $0.index * strides[axis], weight * $0.weight) }
      }
    }
    return result
  }

  /// The elements along one axis that a coordinate reads; those that stand for zeros are left out.
  private func taps(_ coordinate: Double, size: Int) -> [(index: Int, weight: Double)] {
    let length = Double(size)
    let place = alignsCorners ? (coordinate + 1) / 2 * (length - 1) : ((coordinate + 1) * length - 1) / 2
    guard place.isFinite, abs(place) < 1e9 else { return [] }
    func tap(_ index: Double, _ weight: Double) -> (index: Int, weight: Double)? {
      element(index, size: size).map { ($0, weight) }
    }
    switch mode {
    case .nearest: return [tap(place.rounded(.toNearestOrEven), 1)].compactMap(\.self)
    case .linear:
      let inside =
        border == .border
        ? min(max(place, 0), length - 1) : border == .reflection ? reflected(place, size) : place
      let floor = inside.rounded(.down)
      return [tap(floor, 1 - (inside - floor)), tap(floor + 1, inside - floor)].compactMap(\.self)
    case .cubic:
      let floor = place.rounded(.down)
      return (-1...2).compactMap { offset in
        let index = floor + Double(offset)
        return tap(index, AxisSampling.cubic(abs(place - index), -0.75))
      }
    }
  }

  /// The element that stands for an index, which may be outside; nil where that is zero.
  private func element(_ index: Double, size: Int) -> Int? {
    if index >= 0, index < Double(size) { return Int(index) }
    switch border {
    case .zeros: return nil
    case .border: return index < 0 ? 0 : size - 1
    case .reflection: return min(max(Int(reflected(index, size)), 0), size - 1)
    }
  }

  /// The place thrown back at the borders until it is inside.
  private func reflected(_ place: Double, _ size: Int) -> Double {
    let (low, high) = alignsCorners ? (0, Double(size) - 1) : (-0.5, Double(size) - 0.5)
    let length = high - low
    guard place < low || place > high else { return place }
    guard length > 0 else { return low }
    let isBelow = place < low
    let beyond = isBelow ? low - place : place - high
    let turns = (beyond / length).rounded(.down)
    let rest = beyond - turns * length
    return (turns.truncatingRemainder(dividingBy: 2) == 0) == isBelow ? low + rest : high - rest
  }
}
