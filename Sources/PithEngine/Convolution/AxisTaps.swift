/// One spatial axis of a sliding product: which elements of the source each target position sums over.
///
/// In the forward pass the source is the input, at `position · stride + tap · dilation − pad`. In the gradient of the
/// input it is the output's gradient, and a position's taps are those that end on a multiple of the stride: positions
/// fall into as many phases as the stride is long, each with taps of its own.
struct AxisTaps: Sendable {
  struct Tap: Sendable {
    /// Its index in the kernel.
    var index: Int
    /// Where it is, from the position's base.
    var offset: Int
  }

  /// Positions of the source and of the target.
  let source: Int
  let target: Int
  /// By phase.
  let taps: [[Tap]]
  private let stride: Int
  private let pad: Int
  private let isForward: Bool

  /// The taps of outputs: the source is the input.
  static func forward(
    input: Int, output: Int, kernel: Int, stride: Int, dilation: Int, pad: Int
  ) -> AxisTaps {
    AxisTaps(
      source: input, target: output, taps: [(0..<kernel).map { Tap(index: $0, offset: $0 * dilation) }],
      stride: stride, pad: pad, isForward: true)
  }

  /// The taps of inputs: the source is the gradient of the output.
  static func backward(
    input: Int, output: Int, kernel: Int, stride: Int, dilation: Int, pad: Int
  ) -> AxisTaps {
    let taps = (0..<stride).map { phase in
      (0..<kernel).compactMap { index -> Tap? in
        let distance = phase - index * dilation
        return distance % stride == 0 ? Tap(index: index, offset: distance / stride) : nil
      }
    }
    return AxisTaps(
      source: output, target: input, taps: taps, stride: stride, pad: pad, isForward: false)
  }

  func phase(of position: Int) -> Int { isForward ? 0 : (position + pad) % stride }

  /// The element of the source from which a position's taps are counted.
  func base(of position: Int) -> Int { isForward ? position * stride - pad : (position + pad) / stride }

  /// The elements of the source that some positions sum over, those of the padding too.
  func reach(of positions: Range<Int>) -> Range<Int> {
    guard let last = positions.last else { return 0..<0 }
    let offsets = taps.joined().map(\.offset)
    let low = base(of: positions.lowerBound) + (offsets.min() ?? 0)
    return low..<max(low, base(of: last) + (offsets.max() ?? 0)) + 1
  }
}
