import PithGraph

/// The elements under a window at each of its positions, for pools that are not worth kernels of their own.
struct WindowTaps {
  private let window: Window
  private let input: [Int]
  private let output: [Int]
  private let begin: [Int]
  private let strides: [Int]
  /// Taps of the window.
  let tapCount: Int
  /// Elements of one channel of the input and of the output.
  let inputCount: Int
  let outputCount: Int

  /// - Parameters:
  ///   - input: `[N, C, spatial…]`
  ///   - output: the same with the output's sizes.
  /// - Throws: `GraphError` where the window is out of all proportion.
  init(_ window: Window, input: [Int], output: [Int]) throws {
    self.window = window
    self.input = Array(input.dropFirst(2))
    self.output = Array(output.dropFirst(2))
    begin = window.pads(for: self.input).begin
    strides = Tensor.strides(of: self.input)
    inputCount = self.input.reduce(1, *)
    outputCount = self.output.reduce(1, *)
    guard let taps = Shape.elementCount(window.kernel), taps <= 1 << 22 else {
      throw GraphError("a window of \(window.kernel) has too many taps")
    }
    tapCount = taps
  }

  /// The element of a channel that a tap of an output sees; nil where that is padding.
  func source(_ position: Int, tap: Int) -> Int? {
    var (rest, place, offset) = (tap, position, 0)
    for axis in input.indices.reversed() {
      let at =
        place % output[axis] * window.strides[axis] + rest % window.kernel[axis] * window.dilations[axis]
        - begin[axis]
      guard at >= 0, at < input[axis] else { return nil }
      offset += at * strides[axis]
      place /= output[axis]
      rest /= window.kernel[axis]
    }
    return offset
  }

  /// Calls `body` with the index of each element that an output sees, in row-major order; padding is left out.
  func forEach(_ index: Int, _ body: (Int) -> Void) {
    let (channel, position) = index.quotientAndRemainder(dividingBy: outputCount)
    for tap in 0..<tapCount {
      if let source = source(position, tap: tap) { body(channel * inputCount + source) }
    }
  }
}
