import CPithFloatKernels

/// The gradient of a convolution's weights and bias.
///
/// The batch is cut into a fixed number of parts with sums of their own, which are added in order: the same bits with
/// any number of threads.
struct FilterGradient {
  let shape: ConvolutionShape
  let rows: AxisTaps
  let columns: AxisTaps
  private let kernels: FloatKernels

  private static let mostParts = 8
  /// Floats of all parts together, unless one alone has more.
  private static let mostFloats = 1 << 24

  init(_ shape: ConvolutionShape, _ kernels: FloatKernels = .best) {
    self.shape = shape
    (rows, columns) = shape.axes(forward: true)
    self.kernels = kernels
  }

  private var pitch: Int { kernels.rounded(shape.filtersPerGroup) }
  /// Rows of sums of a group: one for each tap, and one for the bias.
  private var sumRows: Int { shape.inner + 1 }
  private var sumsPerGroup: Int { sumRows * pitch }

  /// - Parameters:
  ///   - x: `[batch, channels, rows, columns]`
  ///   - gradient: of the output, `[batch, filters, rows, columns]`
  ///   - weights: `[filters, channels / groups, kernel…]`, where they are asked for; every element is written.
  ///   - bias: `[filters]`, where it is asked for: the same bits with the weights or without.
  func run(
    _ x: UnsafePointer<Float>?, _ gradient: UnsafePointer<Float>, weights: UnsafeMutablePointer<Float>?,
    bias: UnsafeMutablePointer<Float>?
  ) {
    let reach = rows.reach(of: 0..<1).count * columns.reach(of: 0..<columns.target).count
    let tasks = ConvolutionTasks(
      batch: shape.batch, rows: shape.output.rows, columns: shape.output.columns,
      floatsPerRow: shape.output.columns * pitch + shape.channelsPerGroup * reach)
    let copyScratch = (0..<tasks.count).map { index in
      maps(of: tasks[index].rows).scratchCount(images: tasks[index].images.count)
    }.max()
    let (images, bandRows) = tasks.largest
    let gradientScratch = images * bandRows * shape.output.columns * pitch
    let sumCount = shape.groups * sumsPerGroup
    let parts = min(Self.mostParts, tasks.count, max(1, Self.mostFloats / max(1, sumCount)))
    ScratchPool.lend(max(1, parts) * sumCount) { sums in
      Parallelism.forEach(parts, scratch: gradientScratch + (copyScratch ?? 0)) { part, scratch in
        let own = sums + part * sumCount
        own.update(repeating: 0, count: sumCount)
        for index in part * tasks.count / parts..<(part + 1) * tasks.count / parts {
          add(
            tasks[index], weights == nil ? nil : x, gradient, to: own, transposed: scratch,
            copies: scratch + gradientScratch)
        }
      }
      if parts == 0 { sums.update(repeating: 0, count: sumCount) }
      Parallelism.forEachRange(sumCount, grain: 1 << 14) { range in
        for part in 1..<max(1, parts) {
          kernels.add(
            sums + part * sumCount + range.lowerBound, count: range.count, to: sums + range.lowerBound)
        }
      }
      unpack(sums, weights: weights, bias: bias)
    }
  }

  private func maps(of band: Range<Int>) -> PaddedMaps {
    PaddedMaps(
      rows: rows, columns: columns, band: band, channels: shape.channelsPerGroup, allChannels: shape.channels)
  }

  /// Adds what a task's pixels contribute.
  private func add(
    _ task: ConvolutionTasks.Task, _ x: UnsafePointer<Float>?, _ gradient: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<Float>, transposed: UnsafeMutablePointer<Float>,
    copies: UnsafeMutablePointer<Float>
  ) {
    let maps = maps(of: task.rows)
    let pixels = pixels(task, maps)
    let taps = taps(maps)
    let pixelsPerImage = task.rows.count * shape.output.columns
    for group in 0..<shape.groups {
      for (index, image) in task.images.enumerated() {
        kernels.call.transpose_padded?(
          gradient + (image * shape.filters + group * shape.filtersPerGroup) * shape.outputCount
            + task.rows.lowerBound * shape.output.columns,
          Int64(shape.filtersPerGroup), Int64(pixelsPerImage), Int64(shape.outputCount),
          transposed + index * pixelsPerImage * pitch, Int64(pitch))
      }
      let own = sums + group * sumsPerGroup
      if let x {
        let source = maps.load(
          x + (task.images.lowerBound * shape.channels + group * shape.channelsPerGroup) * shape.inputCount,
          images: task.images.count, sourceStride: shape.channels * shape.inputCount, into: copies, kernels)
        pixels.withUnsafeBufferPointer { pixels in
          taps.withUnsafeBufferPointer { taps in
            var arguments = pith_float_filter_gradient(
              x: source, pixels: pixels.baseAddress, pixel_count: Int64(pixels.count), taps: taps.baseAddress,
              tap_count: Int64(taps.count), gradient: transposed, filter_count: Int64(shape.filtersPerGroup),
              sums: own, pitch: Int64(pitch))
            kernels.call.filter_gradient?(&arguments)
          }
        }
      }
      kernels.call.add_rows?(
        transposed, Int64(pixels.count), Int64(shape.filtersPerGroup), Int64(pitch),
        own + shape.inner * pitch)
    }
  }

  private func pixels(_ task: ConvolutionTasks.Task, _ maps: PaddedMaps) -> [Int32] {
    let starts = (0..<shape.output.columns).map { columns.base(of: $0) }
    var pixels: [Int32] = []
    pixels.reserveCapacity(task.images.count * task.rows.count * starts.count)
    for image in 0..<task.images.count {
      for row in task.rows {
        let base = image * maps.imageStride + maps.offset(row: rows.base(of: row), column: 0)
        for start in starts { pixels.append(Int32(base + start)) }
      }
    }
    return pixels
  }

  private func taps(_ maps: PaddedMaps) -> [Int32] {
    var taps: [Int32] = []
    taps.reserveCapacity(shape.inner)
    for channel in 0..<shape.channelsPerGroup {
      for row in rows.taps[0] {
        for column in columns.taps[0] {
          taps.append(Int32(channel * maps.channelStride + row.offset * maps.pitch + column.offset))
        }
      }
    }
    return taps
  }

  private func unpack(
    _ sums: UnsafePointer<Float>, weights: UnsafeMutablePointer<Float>?, bias: UnsafeMutablePointer<Float>?
  ) {
    for group in 0..<shape.groups {
      let source = sums + group * sumsPerGroup
      let first = group * shape.filtersPerGroup
      if let weights {
        kernels.call.transpose?(
          source, Int64(shape.inner), Int64(shape.filtersPerGroup), Int64(pitch),
          weights + first * shape.inner, Int64(shape.inner))
      }
      (bias.map { $0 + first })?.update(from: source + shape.inner * pitch, count: shape.filtersPerGroup)
    }
  }
}
