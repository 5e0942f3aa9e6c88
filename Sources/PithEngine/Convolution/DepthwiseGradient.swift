import CPithFloatKernels
import PithGraph

/// The gradients of a convolution in which every channel has one filter of its own, over planes.
///
/// A padded plane is dealt out by the remainders of its rows and columns modulo the strides, as in the forward pass, so
/// that all loops are over neighbours.
struct DepthwiseGradient {
  /// A phase of the padded plane.
  private struct Phase {
    var start: Int
    /// The taps that read it, among all in the order of phases.
    var taps: Range<Int>
  }

  let shape: ConvolutionShape
  private let layout: PlaneLayout
  private let kernels: FloatKernels
  private let planeScratch: Int
  private let phases: [Phase]
  /// The taps in the order of phases, and their distances back from an input to the outputs that read it.
  private let ordered: [Int]
  private let offsets: [Int32]
  /// Zeros before an output's gradient, for taps that reach beyond it.
  private let margin: Int

  /// - Throws: `GraphError` where the window is out of all proportion.
  init(_ shape: ConvolutionShape, _ window: SlidingWindow, _ kernels: FloatKernels = .best) throws {
    self.shape = shape
    self.kernels = kernels
    let layout = window.plane.layout()
    self.layout = layout
    planeScratch = try window.plane.scratchCount() + PlaneWindow.slack
    var (phases, ordered, offsets) = ([Phase](), [Int](), [Int32]())
    for (start, taps) in layout.phaseTaps {
      phases.append(Phase(start: start, taps: ordered.count..<ordered.count + taps.count))
      ordered += taps
      offsets += taps.map { Int32(start - layout.tapOffsets[$0]) }
    }
    (self.phases, self.ordered, self.offsets) = (phases, ordered, offsets)
    margin = offsets.map { Int(-$0) }.max() ?? 0
  }

  private var taps: Int { layout.tapOffsets.count }
  private var planes: Int { shape.batch * shape.channels }
  private var gradientScratch: Int { margin + layout.phaseCount + 2 * PlaneWindow.slack }
  /// Planes that one task takes.
  private var grain: Int { max(1, min(planes / 8, (1 << 15) / max(1, layout.elementCount))) }

  /// - Parameters:
  ///   - x: the input, where the gradient of the weights is asked for.
  ///   - gradient: of the output.
  ///   - weights: `[channels, 1, kernel…]`
  ///   - input: the gradient of the input, where it is asked for; every element is written.
  ///   - factors: the gradient of the weights, where it is asked for; every element is written.
  func run(
    _ x: UnsafePointer<Float>?, _ gradient: UnsafePointer<Float>, weights: UnsafePointer<Float>?,
    input: UnsafeMutablePointer<Float>?, factors: UnsafeMutablePointer<Float>?
  ) {
    let grain = grain
    let tapOffsets = layout.tapOffsets.map { Int32($0) }
    // One sum for each plane, added up in order: the same bits with any number of threads.
    ScratchPool.lend(planes * taps + shape.channels * taps) { sums in
      let packed = sums + planes * taps
      for index in 0..<(weights == nil ? 0 : shape.channels * taps) {
        let (channel, tap) = index.quotientAndRemainder(dividingBy: taps)
        packed[index] = weights?[channel * taps + ordered[tap]] ?? 0
      }
      Parallelism.forEach(
        (planes + grain - 1) / grain, scratch: gradientScratch + planeScratch
      ) { task, scratch in
        let padded = scratch + gradientScratch
        for plane in task * grain..<min(planes, (task + 1) * grain) {
          let source = load(gradient + plane * shape.outputCount, into: scratch)
          if let input {
            backward(
              source, packed + plane % shape.channels * taps, padded, to: input + plane * shape.inputCount)
          }
          if factors != nil, let x {
            layout.load(x + plane * shape.inputCount, into: padded, padding: 0)
            let own = sums + plane * taps
            own.update(repeating: 0, count: taps)
            kernels.call.tap_products?(
              padded, tapOffsets, Int64(taps), source, Int64(layout.span), own)
          }
        }
      }
      guard let factors else { return }
      let count = shape.channels * taps
      factors.update(repeating: 0, count: count)
      for image in 0..<shape.batch { kernels.add(sums + image * count, count: count, to: factors) }
    }
  }

  /// Copies an output's gradient to the pitch of the padded plane, with zeros between rows and all around.
  /// - Returns: its first element.
  private func load(
    _ gradient: UnsafePointer<Float>, into scratch: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let first = scratch + margin
    scratch.update(repeating: 0, count: margin)
    kernels.call.pad?(
      gradient, Int64(shape.output.rows), Int64(shape.output.columns), first,
      Int64(layout.phaseCount / layout.pitch), Int64(layout.pitch), 0, 0)
    (first + layout.phaseCount).update(repeating: 0, count: 2 * PlaneWindow.slack)
    return first
  }

  /// The gradient of one plane of the input.
  private func backward(
    _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ padded: UnsafeMutablePointer<Float>,
    to plane: UnsafeMutablePointer<Float>
  ) {
    offsets.withUnsafeBufferPointer { offsets in
      guard let offsets = offsets.baseAddress else { return }
      for phase in phases {
        let first = phase.taps.lowerBound
        // Whole vectors are written: a phase's last ones fall into the next, which is written later.
        kernels.call.tap_sums?(
          source, offsets + first, weights + first, Int64(phase.taps.count), Int64(layout.phaseCount),
          padded + phase.start)
      }
    }
    layout.unload(padded, overwriting: plane)
  }
}

extension PlaneLayout {
  /// Writes a plane from the scratch; elements that no tap reads become zero.
  fileprivate func unload(_ scratch: UnsafePointer<Float>, overwriting plane: UnsafeMutablePointer<Float>) {
    if isWhole {
      let first = scratch + window.pad.rows * pitch + window.pad.columns
      FloatKernels.best.call.unpack?(
        first, Int64(pitch), Int64(window.input.rows), Int64(window.input.columns), 0, -.infinity, .infinity,
        plane)
    } else {
      plane.update(repeating: 0, count: window.input.rows * window.input.columns)
      unload(scratch, addingTo: plane)
    }
  }
}
