import CPith
import PithHost
import PithRuntime
import Testing

private typealias Builder = ProgramBuilder

/// A convolution that pools is the convolution and the pool behind it.
@Suite struct PooledConvolutionTests {
  /// A quantized input, convolutions that pool or two instructions for each, and the output.
  private struct Network {
    var batch: UInt32 = 1
    var height: UInt32 = 9
    var width: UInt32 = 12
    var channels: UInt32 = 8
    var kernel: Int32 = 3
    var stride: Int32 = 1
    var pads: (top: Int32, left: Int32, bottom: Int32, right: Int32) = (1, 1, 1, 1)
    var multiplier: Float = 0.004
    /// The instruction of the convolution.
    static let convolution = 1

    private func outputs(_ size: UInt32, _ before: Int32, _ after: Int32) -> UInt32 {
      (size + UInt32(before + after) - UInt32(kernel)) / UInt32(stride) + 1
    }
    var unpooled: (height: UInt32, width: UInt32) {
      (outputs(height, pads.top, pads.bottom), outputs(width, pads.left, pads.right))
    }

    func build(fused: Bool, sparse: Bool = false) -> Builder {
      var b = Builder()
      let (tall, wide) = unpooled
      let input = b.input([batch, height, width, channels])
      let output = b.output([batch, tall / 2, wide / 2, 24])
      let x = b.map([batch, height, width, channels])
      let whole = fused ? 0 : b.map([batch, tall, wide, 24], zero: 3)
      let y = b.map([batch, tall / 2, wide / 2, 24], zero: 3)
      let taps = Int(kernel * kernel) * Int(channels)
      let rows = (0..<24).map { (c: Int) -> [Int8] in
        (0..<taps).map { (k: Int) -> Int8 in Int8((k * 7 + c * 5 + k * k * c) % 31 - 15) }
      }
      let (weights, table) = sparse ? b.packSparse(rows) : (b.pack(rows), PITH_NONE)
      let bias = b.perChannel((0..<24).map { Int32($0 * 100 - 900) })
      let multiplier = b.perChannel([Float](repeating: multiplier, count: 24))
      let scratch = b.reserve(64)
      b.quantize(input, x, strides: IntegerRunTests.dense([batch, height, width, channels]))
      b.emit(sparse ? PITH_OP_CONV_SPARSE : PITH_OP_CONV, [x], fused ? y : whole) {
        $0.window = Builder.window(kernel: (kernel, kernel), stride: (stride, stride), pads: pads)
        $0.window.tap_bytes = Int32(channels)
        $0.window.extent = 24
        $0.weights = weights
        $0.table = table
        $0.bias = bias
        $0.multiplier = multiplier
        $0.scratch = UInt32(scratch)
        if fused { $0.flags = UInt16(PITH_CONV_POOLS) }
      }
      if !fused {
        b.emit(PITH_OP_MAX_POOL, [whole], y) { $0.window = Builder.window(kernel: (2, 2), stride: (2, 2)) }
      }
      b.dequantize(y, output, strides: IntegerRunTests.dense([batch, tall / 2, wide / 2, 24]))
      return b
    }

    var values: [Float] { (0..<Int(batch * height * width * channels)).map { Float(($0 * 37) % 251) } }
  }

  private static let networks: [Network] = [
    Network(), Network(batch: 3, height: 5, width: 5, kernel: 2, pads: (0, 0, 0, 0)),
    Network(height: 30, width: 40, stride: 2, pads: (0, 2, 1, 0)), Network(multiplier: -0.004),
    Network(height: 40, width: 41, channels: 16, kernel: 1, pads: (0, 0, 0, 0)),
    // Its row of outputs is as long as the input's.
    Network(height: 2, width: 6, kernel: 1, pads: (0, 0, 0, 6)),
  ]

  @Test(arguments: networks.indices) func isTheSameAsTwoInstructions(_ index: Int) throws {
    let network = Self.networks[index]
    let two = try GuardedRun.outputs(network.build(fused: false).build(), [network.values])
    #expect(Set(two[0]).count > 3)
    for threads in [1, 2, 3, 64] as [UInt32] {
      let one = try GuardedRun.outputs(network.build(fused: true).build(), [network.values], threads: threads)
      #expect(one == two, "\(threads) threads")
    }
  }

  /// Above what is worth splitting, by rows and by channels.
  @Test(arguments: [1, 32] as [UInt32]) func sharesGiveTheSame(_ size: UInt32) throws {
    let network = Network(height: 2 * size, width: 64, channels: 64)
    let two = try GuardedRun.outputs(network.build(fused: false).build(), [network.values])
    for threads in [2, 3] as [UInt32] {
      let one = try GuardedRun.outputs(network.build(fused: true).build(), [network.values], threads: threads)
      #expect(one == two, "\(threads) threads")
    }
  }

  /// Several images, with memory for fewer threads than there are, in shares of tiles and of channels.
  @Test(arguments: [13, 40] as [UInt32]) func winogradGivesTheSame(_ size: UInt32) throws {
    let network = Network(batch: 3, height: size, width: 18, channels: 64)
    for isFused in [false, true] {
      let plain = try GuardedRun.outputs(network.build(fused: isFused).build(), [network.values])
      var planned = network.build(fused: isFused)
      planned.arenaBytes = (planned.arenaBytes + 63) / 64 * 64
      planned.planWinograd(chunk: 10, depth: 64, rooms: 2)
      for threads in [1, 2, 3, 4, 5] as [UInt32] {
        let outputs = try GuardedRun.outputs(planned.build(), [network.values], threads: threads)
        #expect(outputs == plain, "\(threads) threads")
      }
    }
  }

  @Test func validatorRefusesWhatDoesNotFit() {
    func refuses(
      _ what: String, _ network: Network = Network(), sourceLocation: SourceLocation = #_sourceLocation,
      _ change: (inout pith_instruction) -> Void
    ) {
      var b = network.build(fused: true)
      #expect(GuardedRun.open(b.build()).status == PITH_OK, sourceLocation: sourceLocation)
      change(&b.instructions[Network.convolution])
      let (status, record) = GuardedRun.open(b.build())
      #expect(status == PITH_ERROR_INSTRUCTION, "\(what)", sourceLocation: sourceLocation)
      #expect(record == UInt32(Network.convolution), "\(what)", sourceLocation: sourceLocation)
    }
    refuses("not pooled") { $0.flags = 0 }
    refuses("a sum, too") {
      $0.flags = UInt16(PITH_CONV_POOLS | PITH_CONV_ADDS)
      $0.inputs.1 = $0.output
      $0.immediate_f.1 = 1
    }
    refuses("a row too many") { $0.window.pad_bottom += 1 }
    refuses("two columns too many") { $0.window.pad_right += 2 }
    refuses("two columns too few") { ($0.window.pad_left, $0.window.pad_right) = (0, 0) }
    refuses("stride") { $0.window.stride_h = 2 }
    refuses("kernel") { $0.window.kernel_w = 5 }
    // One row of outputs makes no pooled one.
    refuses("one row", Network(height: 2)) { $0.window.pad_top = 0 }
    #expect(GuardedRun.open(Network().build(fused: false, sparse: true).build()).status == PITH_OK)
    let sparse = GuardedRun.open(Network().build(fused: true, sparse: true).build())
    #expect(sparse.status == PITH_ERROR_INSTRUCTION)
  }

  /// A first layer merged with its kernel row: the last of two columns for each output must be in the row.
  @Test func validatorKnowsMergedRows() {
    func status(pixels width: UInt32, outputs: UInt32) -> pith_status {
      var b = Builder()
      let input = b.input([1, 4, width, 3])
      let output = b.output([1, 1, outputs, 4])
      let x = b.map([1, 4, width, 3], stride: 3)
      let y = b.map([1, 1, outputs, 4])
      let weights = b.pack([[Int8](repeating: 1, count: 36)])
      let bias = b.perChannel([Int32(0)])
      let multiplier = b.perChannel([Float(0.01)])
      b.quantize(input, x, strides: IntegerRunTests.dense([1, 4, width, 3]))
      b.emit(PITH_OP_CONV, [x], y) {
        $0.window = Builder.window(kernel: (3, 1))
        $0.window.tap_bytes = 12  // three pixels of three bytes, padded
        $0.window.extent = 4
        ($0.weights, $0.bias, $0.multiplier) = (weights, bias, multiplier)
        $0.flags = UInt16(PITH_CONV_POOLS)
      }
      b.dequantize(y, output, strides: IntegerRunTests.dense([1, 1, outputs, 4]))
      return GuardedRun.open(b.build()).status
    }
    #expect(status(pixels: 8, outputs: 3) == PITH_OK)
    #expect(status(pixels: 8, outputs: 2) == PITH_OK)
    #expect(status(pixels: 7, outputs: 3) == PITH_ERROR_INSTRUCTION)
    #expect(status(pixels: 8, outputs: 4) == PITH_ERROR_INSTRUCTION)
  }

  @Test func workIsThatOfTheConvolution() throws {
    let network = Network()
    func work(fused: Bool) throws -> Int {
      try PithModel(bytes: network.build(fused: fused).build()).work(Network.convolution).multiplyAdds
    }
    // Nine rows: the last is left out.
    #expect(try work(fused: true) == work(fused: false) / 9 * 8)
  }
}
