import CPithFloatKernels

/// A convolution, or the gradient of its input, as a sum over lists of taps for lists of pixels.
///
/// No columns are made: the kernels find each element through the lists, in maps that are padded once (Dukhan, "The
/// Indirect Convolution Algorithm", 2019).
struct IndirectConvolution {
  let batch: Int
  let groups: Int
  /// Channels of the source and of the target.
  let channels: (source: Int, target: Int)
  let rows: AxisTaps
  let columns: AxisTaps
  /// Floats of the weights from one source channel to the next, one target channel, one group.
  private let weightStrides: (source: Int, target: Int, group: Int)
  private let kernelColumns: Int
  private let kernels: FloatKernels

  /// y from x.
  static func forward(_ shape: ConvolutionShape, _ kernels: FloatKernels = .best) -> IndirectConvolution {
    IndirectConvolution(
      shape, axes: shape.axes(forward: true), channels: (shape.channels, shape.filters),
      weightStrides: (shape.taps, shape.inner, shape.filtersPerGroup * shape.inner), kernels)
  }

  /// The gradient of x from that of y.
  static func inputGradient(
    _ shape: ConvolutionShape, _ kernels: FloatKernels = .best
  ) -> IndirectConvolution {
    IndirectConvolution(
      shape, axes: shape.axes(forward: false), channels: (shape.filters, shape.channels),
      weightStrides: (shape.inner, shape.taps, shape.filtersPerGroup * shape.inner), kernels)
  }

  private init(
    _ shape: ConvolutionShape, axes: (rows: AxisTaps, columns: AxisTaps),
    channels: (source: Int, target: Int),
    weightStrides: (source: Int, target: Int, group: Int), _ kernels: FloatKernels
  ) {
    batch = shape.batch
    groups = shape.groups
    self.channels = channels
    (rows, columns) = axes
    self.weightStrides = weightStrides
    kernelColumns = shape.kernel.columns
    self.kernels = kernels
  }

  private var sourcePerGroup: Int { channels.source / groups }
  private var targetPerGroup: Int { channels.target / groups }
  private var sourceCount: Int { rows.source * columns.source }
  private var targetCount: Int { rows.target * columns.target }
  private var pitch: Int { kernels.rounded(targetPerGroup) }

  /// - Parameters:
  ///   - source: `[batch, source channels, rows, columns]`
  ///   - weights: as ONNX has them, `[filters, channels / groups, kernel…]`
  ///   - bias: one for each target channel.
  ///   - target: `[batch, target channels, rows, columns]`; every element is written.
  func run(
    _ source: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
    clamp: ClampBounds = ClampBounds(nil), to target: UnsafeMutablePointer<Float>
  ) {
    let (phases, packedPerGroup) = phases()
    let reach = rows.reach(of: 0..<1).count * columns.reach(of: 0..<columns.target).count
    let tasks = ConvolutionTasks(
      batch: batch, rows: rows.target, columns: columns.target,
      floatsPerRow: columns.target * pitch + sourcePerGroup * reach)
    let sourceScratch = (0..<tasks.count).map { index in
      maps(of: tasks[index].rows).scratchCount(images: tasks[index].images.count)
    }.max()
    let (images, bandRows) = tasks.largest
    let sumScratch = images * bandRows * columns.target * pitch
    ScratchPool.lend(groups * packedPerGroup) { packed in
      pack(weights, phases, packedPerGroup, to: packed)
      Parallelism.forEach(tasks.count, scratch: sumScratch + (sourceScratch ?? 0)) { index, scratch in
        run(
          tasks[index], phases, source, (packed, packedPerGroup), bias, clamp, target,
          sums: scratch, copies: scratch + sumScratch)
      }
    }
  }

  private func maps(of band: Range<Int>) -> PaddedMaps {
    PaddedMaps(
      rows: rows, columns: columns, band: band, channels: sourcePerGroup, allChannels: channels.source)
  }

  /// The positions of one phase along both axes, which share their taps.
  private struct Phase {
    var row: Int
    var column: Int
    /// Where its weights begin among those that are packed.
    var packedStart: Int
  }

  /// All phases, and the floats that the packed weights of a group take.
  private func phases() -> ([Phase], packedPerGroup: Int) {
    var phases: [Phase] = []
    var start = 0
    for row in rows.taps.indices {
      for column in columns.taps.indices {
        phases.append(Phase(row: row, column: column, packedStart: start))
        start += rows.taps[row].count * columns.taps[column].count * sourcePerGroup * pitch
      }
    }
    return (phases, start)
  }

  /// A number for each tap of a phase: source channels outermost, as the kernels will go through them.
  private func tapTable(
    _ phase: Phase, channelStride: Int, _ place: (AxisTaps.Tap, AxisTaps.Tap) -> Int
  ) -> [Int32] {
    var table: [Int32] = []
    table.reserveCapacity(sourcePerGroup * rows.taps[phase.row].count * columns.taps[phase.column].count)
    for channel in 0..<sourcePerGroup {
      for row in rows.taps[phase.row] {
        for column in columns.taps[phase.column] {
          table.append(Int32(channel * channelStride + place(row, column)))
        }
      }
    }
    return table
  }

  private func pack(
    _ weights: UnsafePointer<Float>, _ phases: [Phase], _ packedPerGroup: Int,
    to packed: UnsafeMutablePointer<Float>
  ) {
    let orders = phases.map { phase in
      tapTable(phase, channelStride: weightStrides.source) { $0.index * kernelColumns + $1.index }
    }
    for group in 0..<groups {
      for (phase, order) in zip(phases, orders) {
        kernels.call.pack?(
          weights + group * weightStrides.group, Int64(targetPerGroup), Int64(weightStrides.target), order,
          Int64(order.count), packed + group * packedPerGroup + phase.packedStart)
      }
    }
  }

  /// The pixels of a task that are in one phase.
  private struct Pixels {
    /// Where each begins in the maps, and which row of the sums it is.
    var offsets: [Int32] = []
    var rows: [Int32] = []
  }

  private func pixels(_ task: ConvolutionTasks.Task, _ phase: Phase, _ maps: PaddedMaps) -> Pixels {
    var pixels = Pixels()
    let columnsInPhase = (0..<columns.target).filter { columns.phase(of: $0) == phase.column }
    let starts = columnsInPhase.map { maps.offset(row: 0, column: columns.base(of: $0)) }
    let zero = maps.offset(row: 0, column: 0)
    for image in 0..<task.images.count {
      for (index, row) in task.rows.enumerated() where rows.phase(of: row) == phase.row {
        let base = image * maps.imageStride + maps.offset(row: rows.base(of: row), column: 0) - zero
        let first = (image * task.rows.count + index) * columns.target
        for (column, start) in zip(columnsInPhase, starts) {
          pixels.offsets.append(Int32(base + start))
          pixels.rows.append(Int32(first + column))
        }
      }
    }
    return pixels
  }

  private func run(
    _ task: ConvolutionTasks.Task, _ phases: [Phase], _ source: UnsafePointer<Float>,
    _ weights: (packed: UnsafeMutablePointer<Float>, perGroup: Int), _ bias: UnsafePointer<Float>?,
    _ clamp: ClampBounds, _ target: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>,
    copies: UnsafeMutablePointer<Float>
  ) {
    let maps = maps(of: task.rows)
    let tables = phases.map { phase in
      (
        pixels(task, phase, maps),
        tapTable(phase, channelStride: maps.channelStride) { $0.offset * maps.pitch + $1.offset }
      )
    }
    let pixelsPerImage = task.rows.count * columns.target
    for group in 0..<groups {
      let x = maps.load(
        source + (task.images.lowerBound * channels.source + group * sourcePerGroup) * sourceCount,
        images: task.images.count, sourceStride: channels.source * sourceCount, into: copies, kernels)
      for (phase, (pixels, taps)) in zip(phases, tables) {
        var arguments = pith_float_conv(
          x: x, pixels: nil, rows: nil,
          pixel_count: Int64(pixels.rows.count), taps: nil, tap_count: Int64(taps.count),
          weights: weights.packed + group * weights.perGroup + phase.packedStart,
          filter_count: Int64(targetPerGroup), output: sums, pitch: Int64(pitch))
        pixels.offsets.withUnsafeBufferPointer { offsets in
          pixels.rows.withUnsafeBufferPointer { rows in
            taps.withUnsafeBufferPointer { taps in
              arguments.pixels = offsets.baseAddress
              arguments.rows = rows.baseAddress
              arguments.taps = taps.baseAddress
              kernels.call.conv?(&arguments)
            }
          }
        }
      }
      let first = group * targetPerGroup
      for (index, image) in task.images.enumerated() {
        kernels.call.finish?(
          sums + index * pixelsPerImage * pitch, Int64(pixelsPerImage), Int64(targetPerGroup), Int64(pitch),
          target + (image * channels.target + first) * targetCount + task.rows.lowerBound * columns.target,
          Int64(targetCount), bias.map { $0 + first }, clamp.low, clamp.high)
      }
    }
  }
}
