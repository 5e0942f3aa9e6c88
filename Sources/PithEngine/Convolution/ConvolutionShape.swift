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
    // Windows far larger than their maps are mostly padding, which this form would write out.
    let reach = (kernel.rows - 1) * dilation.rows + 1 + (kernel.columns - 1) * dilation.columns + 1
    guard reach <= 4096, max(input.columns, output.columns) <= 1 << 16, channelsPerGroup * taps <= 1 << 22,
      output.rows > 0, output.columns > 0, input.rows > 0, input.columns > 0
    else { return nil }
  }

  var channelsPerGroup: Int { channels / groups }
  var filtersPerGroup: Int { filters / groups }
  var taps: Int { kernel.rows * kernel.columns }
  /// Taps that one output sums over.
  var inner: Int { channelsPerGroup * taps }
  var inputCount: Int { input.rows * input.columns }
  var outputCount: Int { output.rows * output.columns }

  var isDepthwise: Bool { channelsPerGroup == 1 && groups > 1 }

  func axes(forward: Bool) -> (rows: AxisTaps, columns: AxisTaps) {
    let make = forward ? AxisTaps.forward : AxisTaps.backward
    return (
      make(input.rows, output.rows, kernel.rows, stride.rows, dilation.rows, pad.rows),
      make(input.columns, output.columns, kernel.columns, stride.columns, dilation.columns, pad.columns)
    )
  }
}
