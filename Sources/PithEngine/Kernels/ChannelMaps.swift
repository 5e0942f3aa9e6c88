import CPithFloatKernels

/// `[batch, channels, size]` as batch norm and activations go over it: channel by channel of every image.
///
/// Sums over the batch are made in a fixed number of parts, which are added in order.
struct ChannelMaps {
  let batch: Int
  let channels: Int
  /// Elements of a map.
  let size: Int
  private let kernels: FloatKernels

  private static let mostParts = 8

  init(_ shape: [Int], _ kernels: FloatKernels = .best) {
    batch = shape[0]
    channels = shape[1]
    size = shape[2...].reduce(1, *)
    self.kernels = kernels
  }

  /// Elements of a channel over the whole batch.
  var countPerChannel: Int { batch * size }

  /// Each channel's mean, and its variance with all elements as the divisor.
  ///
  /// The squares are of distances from each map's own mean (Chan, Golub and LeVeque, "Algorithms for Computing the Sample
  /// Variance", 1983), so that a mean far from zero costs no digits.
  func moments(_ x: UnsafePointer<Float>) -> (means: [Double], variances: [Double]) {
    // For each channel: sums, squares within maps, squares of maps' means.
    let totals = sums(3) { plane, sums in
      if size == 1 {
        sums[0] += Double(x[plane])
        sums[2] += Double(x[plane]) * Double(x[plane])
        return
      }
      var (sum, squares) = (0.0, 0.0)
      kernels.call.moments?(x + plane * size, Int64(size), &sum, &squares)
      sums[0] += sum
      sums[1] += squares
      sums[2] += sum * sum / Double(size)
    }
    let count = Double(max(1, countPerChannel))
    var (means, variances) = ([Double](), [Double]())
    for channel in 0..<channels {
      let sum = totals[3 * channel]
      means.append(sum / count)
      variances.append(
        max(0, (totals[3 * channel + 1] + (totals[3 * channel + 2] - sum * sum / count)) / count))
    }
    return (means, variances)
  }

  /// y = clamp((x − mean) · factor + shift), by channel. x and y may be the same.
  func scale(_ x: UnsafePointer<Float>, by lines: [pith_float_line], to y: UnsafeMutablePointer<Float>) {
    if size == 1 {
      return forEachElement { index, channel in
        let line = lines[channel]
        y[index] = VectorLoops.bounded((x[index] - line.mean) * line.factor + line.shift, line.low, line.high)
      }
    }
    lines.withUnsafeBufferPointer { lines in
      guard let lines = lines.baseAddress else { return }
      forEachMap { plane, channel in
        kernels.call.scale?(x + plane * size, Int64(size), lines + channel, y + plane * size)
      }
    }
  }

  /// With g the gradient of y before the clamp: for each channel Σ g, and Σ g · (x − mean).
  func gradientSums(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, by lines: [pith_float_line]
  ) -> (sums: [Double], products: [Double]) {
    let totals = lines.withUnsafeBufferPointer { lines in
      sums(2) { plane, sums in
        guard let line = lines.baseAddress.map({ $0 + plane % channels }) else { return }
        if size == 1 {
          let passed = Double(Self.passed(x[plane], gradient[plane], line.pointee))
          sums[0] += passed
          sums[1] += passed * Double(x[plane] - line.pointee.mean)
          return
        }
        var (sum, product) = (0.0, 0.0)
        kernels.call.scale_sums?(
          x + plane * size, gradient + plane * size, Int64(size), line, &sum, &product)
        sums[0] += sum
        sums[1] += product
      }
    }
    return (
      (0..<channels).map { totals[2 * $0] }, (0..<channels).map { totals[2 * $0 + 1] }
    )
  }

  /// gradient = slope · g + perX · (x − mean) + all, by channel, with g as in `gradientSums`.
  func scaleGradient(
    _ x: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, by lines: [pith_float_line],
    slope: [Float], perX: [Float], all: [Float]
  ) {
    if size == 1 {
      return forEachElement { index, channel in
        let line = lines[channel]
        gradient[index] =
          slope[channel] * Self.passed(x[index], gradient[index], line) + perX[channel]
          * (x[index] - line.mean) + all[channel]
      }
    }
    lines.withUnsafeBufferPointer { lines in
      guard let lines = lines.baseAddress else { return }
      forEachMap { plane, channel in
        kernels.call.scale_gradient?(
          x + plane * size, gradient + plane * size, Int64(size), lines + channel, slope[channel],
          perX[channel], all[channel], gradient + plane * size)
      }
    }
  }

  private static func passed(_ x: Float, _ gradient: Float, _ line: pith_float_line) -> Float {
    let y = (x - line.mean) * line.factor + line.shift
    return y > line.low && y < line.high ? gradient : 0
  }

  /// Maps of one element: neighbours are of different channels.
  private func forEachElement(_ body: (_ index: Int, _ channel: Int) -> Void) {
    Parallelism.forEachRange(batch, grain: max(1, elementwiseGrain / 4 / max(1, channels))) { images in
      for image in images {
        for channel in 0..<channels { body(image * channels + channel, channel) }
      }
    }
  }

  private func forEachMap(_ body: (_ plane: Int, _ channel: Int) -> Void) {
    Parallelism.forEachRange(batch * channels, grain: max(1, elementwiseGrain / max(1, size))) { planes in
      for plane in planes { body(plane, plane % channels) }
    }
  }

  /// `width` sums for each channel, to which `add` adds those of one map.
  private func sums(_ width: Int, _ add: (Int, UnsafeMutablePointer<Double>) -> Void) -> [Double] {
    let parts = max(1, min(Self.mostParts, batch))
    var sums = [Double](repeating: 0, count: parts * channels * width)
    sums.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      Parallelism.forEach(parts) { part, _ in
        for image in part * batch / parts..<(part + 1) * batch / parts {
          for channel in 0..<channels {
            add(image * channels + channel, base + (part * channels + channel) * width)
          }
        }
      }
      for part in 1..<parts {
        for index in 0..<channels * width { base[index] += base[part * channels * width + index] }
      }
    }
    return Array(sums.prefix(channels * width))
  }
}
