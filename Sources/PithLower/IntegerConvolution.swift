import CPith
import PithGraph
import PithPasses

/// One convolution on its way to integer instructions: sizes, window, weights and requantization in one place.
struct IntegerConvolution {
  let op: Conv
  let node: Node
  let inputSizes: [Int]
  let outputSizes: [Int]
  let window: PlaneWindow
  let weights: QuantizedWeights
  let biases: [Int32]
  let x: QuantizationParameters

  var inputChannels: Int { inputSizes[1] }
  var outputChannels: Int { outputSizes[1] }
  var channelsPerGroup: Int { weights.shape[1] }
  private var taps: Int { window.kernel.h * window.kernel.w }
  /// Output positions of one image.
  private var pixels: Int { outputSizes[2...].reduce(1, *) }

  init(_ op: Conv, _ node: Node, _ lowering: Lowering) throws {
    self.op = op
    self.node = node
    let input = try lowering.graph.operand(node, 0)
    guard let weights = lowering.model.weights[node.id], let biases = lowering.model.biases[node.id] else {
      throw GraphError("its weights were not quantized")
    }
    inputSizes = try lowering.sizes(input)
    outputSizes = try lowering.sizes(node.outputs[0])
    window = try PlaneWindow(op.window(weights: weights.shape), map: try lowering.map(input))
    self.weights = weights
    self.biases = biases
    x = try lowering.parameters(input)
  }

  var isDepthwise: Bool {
    op.groups == inputChannels && outputChannels == inputChannels && channelsPerGroup == 1
  }

  /// Whether merging the few input channels with the kernel row makes the reduction no longer than padding them to 4
  /// would; where it is as long, the map is smaller.
  var mergesFirstLayer: Bool {
    op.groups == 1 && window.dilations.w == 1 && inputChannels % 4 != 0
      && (window.kernel.w * inputChannels).roundedUp(to: 4) <= window.kernel.w
        * inputChannels.roundedUp(to: 4)
  }

  /// The weight that an output channel has for an input channel of its group at a tap.
  private func weight(_ output: Int, _ channel: Int, _ ky: Int, _ kx: Int) -> Int8 {
    weights.values[((output * channelsPerGroup + channel) * window.kernel.h + ky) * window.kernel.w + kx]
  }

  private func requantization(
    _ outputs: Range<Int>, to y: QuantizationParameters, _ lowering: inout Lowering
  ) -> Lowering.Requantization {
    lowering.addRequantization(
      biases: outputs.map { weights.foldedBias(biases[$0], channel: $0, zeroPoint: x.zeroPoint) },
      x, weights.scales[outputs], y)
  }

  private func emit(
    _ stored: Lowering.StoredWeights, _ source: TensorIndex, _ target: TensorIndex, outputs: Range<Int>,
    scratch: Int?, sum: FusedSum? = nil, pools: Bool = false, _ lowering: inout Lowering,
    _ adjust: (inout pith_window) -> Void
  ) {
    // Of a fused sum, those of its output.
    let y = lowering.builder.tensors[target.index].parameters
    let requantization = requantization(outputs, to: y, &lowering)
    let clamp = Lowering.clamp(sum.map(\.activation) ?? op.activation, y)
    lowering.builder.emit(
      stored.opcode, inputs: [source] + (sum.map { [$0.addend] } ?? []), output: target, scratch: scratch,
      inPlace: sum == nil ? nil : 1
    ) {
      sum?.apply(to: &$0, y)
      if pools { $0.flags = UInt16(PITH_CONV_POOLS) }
      $0.weights = stored.weights
      $0.table = stored.table
      requantization.apply(to: &$0)
      $0.window = window.record
      ($0.window.clamp_min, $0.window.clamp_max) = clamp
      adjust(&$0.window)
    }
    lowering.account(
      node, stored, requantizationBytes: requantization.bytes,
      multiplyAdds: outputSizes[0] * pixels * outputs.count * channelsPerGroup * taps)
  }

  /// K = kx · round4(kernel_h) + ky.
  func lowerDepthwise(_ source: Lowering.ByteValue, _ lowering: inout Lowering) throws {
    let target = try lowering.defineBytes(node.outputs[0], layout: .channelsFirst(outputSizes))
    let rows = window.kernel.h.roundedUp(to: 4)
    let packed = WeightPacking.pack(channels: outputChannels, depth: window.kernel.w * rows) { channel, k in
      k % rows < window.kernel.h ? weight(channel, 0, k % rows, k / rows) : 0
    }
    let offset = lowering.builder.weights.add(ByteBlob.bytes(of: packed), alignment: 64)
    let stored = Lowering.StoredWeights(
      opcode: PITH_OP_DEPTHWISE, weights: UInt32(offset), table: PITH_NONE, bytes: packed.count, kept: 0,
      total: 0)
    emit(
      stored, source.tensor, target.tensor, outputs: 0..<outputChannels, scratch: window.hasPads ? 16 : nil,
      &lowering
    ) { _ in }
  }

  /// One instruction per group where groups are whole words of channels; else one over all channels with zeros between
  /// the groups.
  func lowerGroups(_ source: Lowering.ByteValue, _ lowering: inout Lowering) throws {
    let outputsPerGroup = outputChannels / op.groups
    let splits = op.groups > 1 && channelsPerGroup % 4 == 0 && outputsPerGroup % 4 == 0
    let sum = splits ? nil : try lowering.fusedSum(of: node, layout: .channelsFirst(outputSizes))
    let parts =
      splits
      ? (0..<op.groups).map { $0 * outputsPerGroup..<($0 + 1) * outputsPerGroup } : [0..<outputChannels]
    let read = splits ? channelsPerGroup : inputChannels
    let tapBytes = read.roundedUp(to: 4)
    // All weights first: whether a pool is fused depends on the form that they take.
    let stored = parts.map { outputs in
      let packed = WeightPacking.pack(channels: outputs.count, depth: taps * tapBytes) { channel, k in
        let output = outputs.lowerBound + channel
        let position = k % tapBytes - (splits ? 0 : output / outputsPerGroup * channelsPerGroup)
        guard position >= 0, position < channelsPerGroup else { return 0 }
        return weight(output, position, k / tapBytes / window.kernel.w, k / tapBytes % window.kernel.w)
      }
      return lowering.addWeights(packed, depth: taps * tapBytes, pixels: pixels)
    }
    let pool = try sum == nil ? lowering.fusedPool(of: node, stored, reduction: taps * tapBytes) : nil
    let target = try lowering.defineBytes(
      sum?.output ?? (pool ?? node).outputs[0],
      layout: .channelsFirst(pool.map { try lowering.sizes($0.outputs[0]) } ?? outputSizes))
    for (index, outputs) in parts.enumerated() {
      emit(
        stored[index], source.tensor, target.tensor, outputs: outputs,
        scratch: window.hasPads ? Swift.max(16, tapBytes) : nil, sum: sum, pools: pool != nil, &lowering
      ) {
        $0.tap_bytes = Int32(tapBytes)
        $0.extent = Int32(outputs.count.roundedUp(to: 4))
        if splits {
          $0.input_channel = Int32(index * channelsPerGroup)
          $0.output_channel = Int32(outputs.lowerBound)
        }
      }
    }
  }

  /// A first layer: the floats are quantized into a map with a border, so that a kernel row's pixels lie side by side
  /// and form one tap.
  func lowerMerged(_ input: ValueID, _ lowering: inout Lowering) throws {
    let layout = Layout.channelsFirst(inputSizes)
    let source = try lowering.floats(input, in: layout)
    let (height, width, channels) = (layout.dims[1], layout.dims[2], inputChannels)
    let padded = (h: height + window.begin.h + window.end.h, w: width + window.begin.w + window.end.w)
    let map = lowering.builder.addMap(
      dims: [layout.dims[0], padded.h, padded.w, channels], pixelStride: channels, x,
      name: lowering.graph[input].name)
    if window.hasPads {
      lowering.builder.emit(PITH_OP_FILL, inputs: [], output: map) { $0.immediate_i = Int32(x.zeroPoint) }
    }
    lowering.builder.emit(PITH_OP_QUANTIZE, inputs: [source.tensor], output: map) {
      $0.move = pith_move(
        dims: layout.dims, inputStrides: source.strides, outputStrides: [],
        outputOffset: (window.begin.h * padded.w + window.begin.w) * channels)
    }
    let tapBytes = (window.kernel.w * channels).roundedUp(to: 4)
    let packed = WeightPacking.pack(channels: outputChannels, depth: window.kernel.h * tapBytes) {
      channel, k in
      let position = k % tapBytes
      guard position < window.kernel.w * channels else { return 0 }
      return weight(channel, position % channels, k / tapBytes, position / channels)
    }
    let stored = lowering.addWeights(packed, depth: window.kernel.h * tapBytes, pixels: pixels)
    let pool = try lowering.fusedPool(of: node, [stored], reduction: window.kernel.h * tapBytes)
    let output = (pool ?? node).outputs[0]
    let target = try lowering.defineBytes(output, layout: .channelsFirst(lowering.sizes(output)))
    emit(
      stored, map, target.tensor, outputs: 0..<outputChannels, scratch: nil, pools: pool != nil, &lowering
    ) {
      $0.kernel_w = 1
      ($0.pad_top, $0.pad_left, $0.pad_bottom, $0.pad_right) = (0, 0, 0, 0)
      $0.tap_bytes = Int32(tapBytes)
      $0.extent = Int32(outputChannels.roundedUp(to: 4))
    }
  }
}
