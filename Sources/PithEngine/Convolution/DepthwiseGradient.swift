import CPithFloatKernels
import PithGraph

/// The gradients of a convolution in which every channel has one filter of its own, over planes.
///
/// A padded plane is dealt out by the remainders of its rows and columns modulo the strides, as in the forward pass, so
/// that all loops are over neighbours.
struct DepthwiseGradient {
  let shape: ConvolutionShape
  private let layout: PlaneLayout
  private let kernels: FloatKernels
  private let planeScratch: Int
  /// Zeros before and after an output's gradient, for taps that reach beyond it.
  private let margin: Int

  /// - Throws: `GraphError` where the window is out of all proportion.
  init(_ shape: ConvolutionShape, _ window: SlidingWindow, _ kernels: FloatKernels = .best) throws {
    self.shape = shape
    self.kernels = kernels
    layout = window.plane.layout()
    planeScratch = try window.plane.scratchCount()
    margin = layout.phaseCount + PlaneWindow.slack
  }

  private var taps: Int { layout.tapOffsets.count }
  private var planes: Int { shape.batch * shape.channels }
  private var gradientScratch: Int { margin + layout.phaseCount + 2 * PlaneWindow.slack }
  /// Planes that one task takes.
  private var grain: Int { max(1, min(planes / 8, (1 << 15) / max(1, layout.elementCount))) }

  /// Copies an output's gradient to the pitch of the padded plane, with zeros between rows and all around.
  /// - Returns: its first element.
  private func load(
    _ gradient: UnsafePointer<Float>, into scratch: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    let first = scratch + margin
    scratch.update(repeating: 0, count: margin)
    let (rows, columns) = shape.output
    let count = rows * layout.pitch
    kernels.call.pad?(
      gradient, Int64(rows), Int64(columns), first, Int64(rows), Int64(layout.pitch), 0, 0)
    (first + count).update(repeating: 0, count: gradientScratch - margin - count)
    return first
  }

  /// - Parameters:
  ///   - gradient: of the output.
  ///   - weights: `[channels, 1, kernel…]`
  ///   - result: the gradient of the input; every element is written.
  func ofInput(
    _ gradient: UnsafePointer<Float>, weights: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>
  ) {
    // The taps of a phase, as distances back from an input to the outputs that read it.
    let phases = layout.phaseTaps.map { phase in
      (phase.start, phase.taps, phase.taps.map { Int32(phase.start - layout.tapOffsets[$0]) })
    }
    let grain = grain
    Parallelism.forEach(
      (planes + grain - 1) / grain, scratch: gradientScratch + planeScratch + PlaneWindow.slack
    ) { task, scratch in
      for plane in task * grain..<min(planes, (task + 1) * grain) {
        let source = load(gradient + plane * shape.outputCount, into: scratch)
        let padded = scratch + gradientScratch
        let factors = weights + plane % shape.channels * taps
        for (start, taps, offsets) in phases {
          let own = taps.map { factors[$0] }
          // Whole vectors are written: a phase's last ones fall into the next, which is written later.
          kernels.call.tap_sums?(
            source, offsets, own, Int64(own.count), Int64(layout.phaseCount), padded + start)
        }
        layout.unload(padded, overwriting: result + plane * shape.inputCount)
      }
    }
  }

  /// - Parameters:
  ///   - x: the input.
  ///   - gradient: of the output.
  ///   - weights: the gradient of the weights; every element is written.
  func ofWeights(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, to weights: UnsafeMutablePointer<Float>
  ) {
    let offsets = layout.tapOffsets.map { Int32($0) }
    let grain = grain
    // One sum for each plane, added up in order: the same bits with any number of threads.
    ScratchPool.lend(planes * taps) { sums in
      sums.update(repeating: 0, count: planes * taps)
      Parallelism.forEach(
        (planes + grain - 1) / grain, scratch: gradientScratch + planeScratch
      ) { task, scratch in
        for plane in task * grain..<min(planes, (task + 1) * grain) {
          let own = load(gradient + plane * shape.outputCount, into: scratch)
          let padded = scratch + gradientScratch
          layout.load(x + plane * shape.inputCount, into: padded, padding: 0)
          kernels.call.tap_products?(
            padded, offsets, Int64(taps), own, Int64(layout.span), sums + plane * taps)
        }
      }
      let count = shape.channels * taps
      weights.update(repeating: 0, count: count)
      for image in 0..<shape.batch { kernels.call.add?(sums + image * count, Int64(count), weights) }
    }
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
