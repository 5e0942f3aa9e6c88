import CPith
import PithGraph
import PithPasses

/// A transposed convolution as ordinary ones: those places of the output that lie a stride apart are a convolution of the
/// input with every stride-th tap, and a strided copy puts them where they belong.
///
/// Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016.
struct TransposedConvolution {
  /// Along one axis, the places of the output that a remainder of the stride has.
  struct Phase {
    /// The first place of the output, and how many there are.
    var first: Int
    var count: Int
    /// Taps of the weights in the order in which the convolution meets them; none where only the bias gets there.
    var taps: [Int]
    var dilation: Int
    var padBefore: Int
    var padAfter: Int
    /// Places that the convolution computes: `count` or more.
    var computed: Int
    /// Those of them that come before the first that is wanted.
    var skipped: Int

    /// - Parameters:
    ///   - phase: the remainder.
    ///   - cut: what the padding cuts off the output's beginning.
    init(
      _ phase: Int, kernel: Int, stride: Int, dilation: Int, cut: Int, input: Int, output: Int
    ) {
      let remainder = (phase + cut) % stride
      first = phase
      count = phase < output ? (output - phase - 1) / stride + 1 : 0
      let start = (phase + cut - remainder) / stride
      taps = (0..<kernel).filter { $0 * dilation % stride == remainder }.reversed()
      // Input index of a tap for the first place: start − (tap · dilation − remainder) / stride.
      let offsets = taps.map { start - ($0 * dilation - remainder) / stride }
      let (least, most) = (offsets.first ?? 0, offsets.last ?? 0)
      self.dilation = taps.count > 1 ? offsets[1] - offsets[0] : 1
      skipped = Swift.max(0, least)
      padBefore = Swift.max(0, -least)
      padAfter = Swift.max(0, count - 1 + most - (input - 1))
      computed = input + padBefore + padAfter - (most - least)
    }

    /// The same places where nothing reaches them but the bias.
    func withoutTaps(input: Int) -> Phase {
      var phase = self
      (phase.taps, phase.dilation, phase.padBefore, phase.skipped) = ([], 1, 0, 0)
      phase.padAfter = Swift.max(0, count - input)
      phase.computed = input + phase.padAfter
      return phase
    }
  }

  let op: ConvTranspose
  let node: Node
  let weights: QuantizedWeights
  let biases: [Int32]
  let x: QuantizationParameters
  let y: QuantizationParameters
  let inputSizes: [Int]
  let outputSizes: [Int]
  /// Kernel, strides, dilations and what is cut at the beginning, of height and width.
  let window: PlaneWindow
  private let kernelHeight: Int
  private let kernelWidth: Int

  init(_ op: ConvTranspose, _ node: Node, _ lowering: Lowering) throws {
    self.op = op
    self.node = node
    let input = try lowering.graph.operand(node, 0)
    guard let weights = lowering.model.weights[node.id], let biases = lowering.model.biases[node.id] else {
      throw GraphError("its weights were not quantized")
    }
    self.weights = weights
    self.biases = biases
    inputSizes = try lowering.sizes(input)
    outputSizes = try lowering.sizes(node.outputs[0])
    x = try lowering.parameters(input)
    y = try lowering.parameters(node.outputs[0])
    window = try PlaneWindow(op.window(weights: weights.shape), map: try lowering.map(input))
    kernelHeight = window.kernel.h
    kernelWidth = window.kernel.w
  }

  func lower(_ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let source = try lowering.bytes(input, layout: .channelsFirst(inputSizes))
    let target = try lowering.defineBytes(node.outputs[0], layout: .channelsFirst(outputSizes))
    let (from, to) = (source.layout.dims, target.layout.dims)
    for row in 0..<Swift.min(window.strides.h, to[1]) {
      for column in 0..<Swift.min(window.strides.w, to[2]) {
        var vertical = Phase(
          row, kernel: window.kernel.h, stride: window.strides.h, dilation: window.dilations.h,
          cut: window.begin.h, input: from[1], output: to[1])
        var horizontal = Phase(
          column, kernel: window.kernel.w, stride: window.strides.w, dilation: window.dilations.w,
          cut: window.begin.w, input: from[2], output: to[2])
        if vertical.taps.isEmpty || horizontal.taps.isEmpty {
          (vertical, horizontal) = (
            vertical.withoutTaps(input: from[1]), horizontal.withoutTaps(input: from[2])
          )
        }
        try lower(vertical, horizontal, source, target, &lowering)
      }
    }
  }

  private func lower(
    _ vertical: Phase, _ horizontal: Phase, _ source: Lowering.ByteValue, _ target: Lowering.ByteValue,
    _ lowering: inout Lowering
  ) throws {
    let isWhole = window.strides.h == 1 && window.strides.w == 1
    let dims = [target.layout.dims[0], vertical.computed, horizontal.computed, target.layout.dims[3]]
    let isExact = isWhole && dims == target.layout.dims && vertical.skipped + horizontal.skipped == 0
    let part =
      isExact
      ? target.tensor
      : lowering.builder.addMap(dims: dims, pixelStride: target.layout.pixelStride, y, name: "")
    try convolve(vertical, horizontal, source.tensor, part, pixels: dims[1] * dims[2], &lowering)
    guard !isExact else { return }
    let bytes = target.layout.byteStrides
    lowering.builder.emit(PITH_OP_COPY, inputs: [part], output: target.tensor) {
      $0.move = pith_move(
        dims: [dims[0], vertical.count, horizontal.count, dims[3]],
        inputStrides: [
          dims[1] * dims[2] * target.layout.pixelStride, dims[2] * target.layout.pixelStride,
          target.layout.pixelStride, 1,
        ],
        outputStrides: [bytes[0], bytes[1] * window.strides.h, bytes[2] * window.strides.w, 1],
        inputOffset: (vertical.skipped * dims[2] + horizontal.skipped) * target.layout.pixelStride,
        outputOffset: vertical.first * bytes[1] + horizontal.first * bytes[2])
    }
  }

  private func convolve(
    _ vertical: Phase, _ horizontal: Phase, _ source: TensorIndex, _ target: TensorIndex, pixels: Int,
    _ lowering: inout Lowering
  ) throws {
    let (inputs, outputs) = (inputSizes[1], outputSizes[1])
    let tapBytes = inputs.roundedUp(to: 4)
    // Without a tap, one of zeros leaves the bias.
    let isEmpty = vertical.taps.isEmpty
    let rows = isEmpty ? [0] : vertical.taps
    let columns = isEmpty ? [0] : horizontal.taps
    let depth = rows.count * columns.count * tapBytes
    let packed = WeightPacking.pack(channels: outputs, depth: depth) { output, k in
      let (tap, channel) = (k / tapBytes, k % tapBytes)
      guard channel < inputs, !isEmpty else { return 0 }
      let (ky, kx) = (rows[tap / columns.count], columns[tap % columns.count])
      return weights.values[((channel * outputs + output) * kernelHeight + ky) * kernelWidth + kx]
    }
    // The zero point belongs to the taps that this phase has.
    let folded = (0..<outputs).map { output -> Int32 in
      var sum = 0
      for k in 0..<depth {
        sum += Int(packed[output / 16 * 16 * depth + k / 4 * 64 + output % 16 * 4 + k % 4])
      }
      return Int32(truncatingIfNeeded: Int(biases[output]) - x.zeroPoint * sum)
    }
    let requantization = lowering.addRequantization(biases: folded, x, weights.scales[...], y)
    let stored = lowering.addWeights(packed, depth: depth, pixels: pixels)
    var record = pith_window()
    (record.kernel_h, record.kernel_w) = (Int32(rows.count), Int32(columns.count))
    (record.stride_h, record.stride_w) = (1, 1)
    (record.dilation_h, record.dilation_w) = (Int32(vertical.dilation), Int32(horizontal.dilation))
    (record.pad_top, record.pad_bottom) = (Int32(vertical.padBefore), Int32(vertical.padAfter))
    (record.pad_left, record.pad_right) = (Int32(horizontal.padBefore), Int32(horizontal.padAfter))
    record.tap_bytes = Int32(tapBytes)
    record.extent = Int32(outputs.roundedUp(to: 4))
    record.clamp_max = 255
    lowering.builder.emit(
      stored.opcode, inputs: [source], output: target,
      scratch: record.hasPads ? Swift.max(16, tapBytes) : nil
    ) {
      $0.weights = stored.weights
      $0.table = stored.table
      requantization.apply(to: &$0)
      $0.window = record
    }
    lowering.account(
      node, stored, requantizationBytes: requantization.bytes,
      multiplyAdds: isEmpty ? 0 : inputSizes[0] * pixels * outputs * inputs * rows.count * columns.count)
  }
}

extension pith_window {
  /// Whether taps may lie outside the map.
  fileprivate var hasPads: Bool { pad_top + pad_left + pad_bottom + pad_right > 0 }
}
