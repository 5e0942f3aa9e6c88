import PithGraph

/// The sizes of a convolution over planes. One of a single spatial axis has planes of one row.
struct ConvolutionShape: Sendable {
  var batch: Int
  var channels: Int
  var filters: Int
  var groups: Int
  var input: (rows: Int, columns: Int)
  var output: (rows: Int, columns: Int)
  var kernel: (rows: Int, columns: Int)
  var stride: (rows: Int, columns: Int)
  var dilation: (rows: Int, columns: Int)
  var pad: (rows: Int, columns: Int)

  /// - Parameter window: of which all axes are in the plane.
  /// - Returns: nil where the window has more axes, or tables of its pixels would overflow.
  init?(batch: Int, channels: Int, filters: Int, groups: Int, window: SlidingWindow) {
    guard window.outerTaps == 1, window.outerInput == 1, window.outerOutput == 1 else { return nil }
    let plane = window.plane
    self.batch = batch
    self.channels = channels
    self.filters = filters
    self.groups = groups
    input = plane.input
    output = plane.output
    kernel = plane.kernel
    stride = plane.stride
    dilation = plane.dilation
    pad = plane.pad
    // Windows far larger than their maps are mostly padding, which this form would write out; and every remainder modulo
    // the strides is a list of its own.
    func isSmall(_ axis: KeyPath<(rows: Int, columns: Int), Int>) -> Bool {
      let (input, output) = (plane.input[keyPath: axis], plane.output[keyPath: axis])
      let extent = (plane.kernel[keyPath: axis] - 1) * plane.dilation[keyPath: axis] + 1
      let stride = plane.stride[keyPath: axis]
      return input > 0 && output > 0 && stride <= 64 && (output - 1) * stride + extent <= 2 * input + 64
    }
    let limit = 1 << 30
    guard isSmall(\.rows), isSmall(\.columns), channels * inputCount < limit, filters * outputCount < limit,
      inner <= 1 << 22
    else { return nil }
  }

  var channelsPerGroup: Int { channels / groups }
  var filtersPerGroup: Int { filters / groups }
  var taps: Int { kernel.rows * kernel.columns }
  /// Taps that one output sums over.
  var inner: Int { channelsPerGroup * taps }
  var inputCount: Int { input.rows * input.columns }
  var outputCount: Int { output.rows * output.columns }

  /// Whether each channel has one filter of its own.
  var isDepthwise: Bool { channelsPerGroup == 1 && filtersPerGroup == 1 && groups > 1 }

  /// Whether vectors of filters are worth it: half full at least.
  func fillsVectors(_ filters: Int) -> Bool { 2 * filters >= FloatKernels.best.lanes || filters >= 8 }

  func axes(forward: Bool) -> (rows: AxisTaps, columns: AxisTaps) {
    let make = forward ? AxisTaps.forward : AxisTaps.backward
    return (
      make(input.rows, output.rows, kernel.rows, stride.rows, dilation.rows, pad.rows),
      make(input.columns, output.columns, kernel.columns, stride.columns, dilation.columns, pad.columns)
    )
  }
}
