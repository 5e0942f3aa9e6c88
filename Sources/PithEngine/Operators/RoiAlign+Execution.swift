import PithGraph

extension RoiAlign: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let (values, regions) = (try inputs.floats(0), try inputs.floats(1))
    let images = try inputs.tensor(2).integers ?? []
    let (height, width) = (x.shape[2], x.shape[3])
    guard height > 0, width > 0 else { throw GraphError("there is nothing to pool") }
    let channels = shape[1]
    var result: [Float] = []
    result.reserveCapacity(shape.reduce(1, *))
    for region in 0..<shape[0] {
      let image = images[region]
      guard image >= 0, image < x.shape[0] else { throw GraphError("image \(image) does not exist") }
      let bounds = (0..<4).map {
        Double(regions[region * 4 + $0]) * Double(spatialScale) - (usesHalfPixels ? 0.5 : 0)
      }
      let rows = try samples(bounds[1], bounds[3], count: outputHeight)
      let columns = try samples(bounds[0], bounds[2], count: outputWidth)
      for channel in 0..<channels {
        let plane = (image * channels + channel) * height * width
        for bin in rows {
          for other in columns {
            let readings = bin.flatMap { y in other.map { x in Self.corners(y, x, height, width) } }
            result.append(pooled(readings) { values[plane + $0] })
          }
        }
      }
    }
    return [Tensor(shape: shape, floats: result)]
  }

  /// Where each bin along one axis is read.
  private func samples(_ start: Double, _ end: Double, count: Int) throws -> [[Double]] {
    let length = usesHalfPixels ? end - start : max(end - start, 1)
    let size = length / Double(count)
    let wished = samplingRatio > 0 ? Double(samplingRatio) : size.rounded(.up)
    guard wished.isFinite, wished <= 4096 else {
      throw GraphError("a region of \(length) pixels is too large")
    }
    let readings = max(0, Int(wished))
    return (0..<count).map { bin in
      (0..<readings).map { start + Double(bin) * size + (Double($0) + 0.5) * size / Double(readings) }
    }
  }

  /// The four pixels around a place, with their weights; none where it is outside.
  private static func corners(
    _ y: Double, _ x: Double, _ height: Int, _ width: Int
  ) -> [(index: Int, weight: Double)] {
    guard y >= -1, y <= Double(height), x >= -1, x <= Double(width) else { return [] }
    func around(_ place: Double, _ size: Int) -> (low: Int, high: Int, ratio: Double) {
      let inside = max(place, 0)
      let low = Int(inside)
      return low >= size - 1 ? (size - 1, size - 1, 0) : (low, low + 1, inside - Double(low))
    }
    let (row, column) = (around(y, height), around(x, width))
    return [
      (row.low * width + column.low, (1 - row.ratio) * (1 - column.ratio)),
      (row.low * width + column.high, (1 - row.ratio) * column.ratio),
      (row.high * width + column.low, row.ratio * (1 - column.ratio)),
      (row.high * width + column.high, row.ratio * column.ratio),
    ]
  }

  /// The mean of the readings, or the largest weighted pixel, which is what ONNX calls their maximum.
  private func pooled(_ readings: [[(index: Int, weight: Double)]], _ pixel: (Int) -> Float) -> Float {
    guard !readings.isEmpty else { return 0 }
    if takesMaximum {
      let largest = readings.map { taps in taps.map { Double(pixel($0.index)) * $0.weight }.max() ?? 0 }
      return Float(largest.max() ?? 0)
    }
    let sum = readings.reduce(0.0) { $0 + $1.reduce(0.0) { $0 + Double(pixel($1.index)) * $1.weight } }
    return Float(sum / Double(readings.count))
  }
}
