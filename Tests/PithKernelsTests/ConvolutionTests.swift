import Testing

/// Convolution and depthwise convolution of every set against the mathematical definition.
@Suite struct ConvolutionTests {
  @Test(arguments: convolutions) func convolution(_ c: ConvolutionCase) { check(c) }
  @Test(arguments: addingConvolutions) func adding(_ c: ConvolutionCase) { check(c) }
  @Test(arguments: pooledConvolutions) func pooled(_ c: ConvolutionCase) { check(c) }
  @Test(arguments: depthwiseConvolutions) func depthwise(_ c: ConvolutionCase) { check(c) }

  @Test(arguments: blockSparseConvolutions) func blockSparse(_ c: ConvolutionCase) { check(c) }

  /// Thirty-six multiplications for 144 give the same bytes.
  @Test(arguments: winogradConvolutions) func winograd(_ c: ConvolutionCase) {
    let data = ConvolutionData(c)
    let expected = data.expected(c)
    for backend in Backend.all where backend.kernels.winograd != nil {
      for chunk in [1, 3, 64] {
        #expect(data.run(c, on: backend, chunk: chunk).bytes == expected.bytes, "\(backend), \(chunk) tiles")
      }
    }
  }

  private func check(_ c: ConvolutionCase) {
    let data = ConvolutionData(c)
    let expected = data.expected(c)
    for backend in Backend.all {
      let output = data.run(c, on: backend)
      #expect(output.bytes == expected.bytes, "\(backend)")
    }
  }

  static let convolutions: [ConvolutionCase] = {
    var cases = [ConvolutionCase]()
    var random = Random(seed: 1)
    for seed in 0..<220 {
      var c = ConvolutionCase()
      c.rows = .random(&random, kernels: [1, 1, 2, 3, 3, 5])
      c.columns = .random(&random, kernels: [1, 1, 2, 3, 3, 5])
      c.tapBytes = random.int(1...18) * 4
      c.channels = random.int(1...20) * 4
      c.pixelStride = c.tapBytes + random.pick([0, 0, 4, 8])
      complete(&c, seed: seed, &random)
      cases.append(c)
    }
    // One pixel: products of a vector and a matrix, every tail of both.
    for seed in 1000..<1060 {
      var c = ConvolutionCase()
      c.tapBytes = random.pick([random.int(1...40), random.int(1...300)]) * 4
      c.channels = random.int(1...50) * 4
      c.pixelStride = c.tapBytes
      complete(&c, seed: seed, &random)
      cases.append(c)
    }
    cases += mergedFirstLayers(&random) + extremes() + manyTaps(&random)
    return cases
  }()

  /// Every second of the dense cases, with a map to add.
  static let addingConvolutions: [ConvolutionCase] = {
    var random = Random(seed: 4)
    var cases = convolutions.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    for index in cases.indices { addMap(&cases[index], &random) }
    return cases
  }()

  /// The dense cases that have 2×2 outputs, and some of few channels and rows that vector tiles take without pads.
  static let pooledConvolutions: [ConvolutionCase] = {
    var random = Random(seed: 5)
    var cases = convolutions
    for seed in 6000..<6060 {
      var c = ConvolutionCase()
      c.rows = WindowAxis(size: random.int(2...8), kernel: random.pick([1, 2, 3]), stride: random.int(1...2))
      c.columns = WindowAxis(size: random.int(2...31), kernel: c.rows.kernel, stride: c.rows.stride)
      c.tapBytes = 4 * random.int(1...3)
      c.channels = 4 * random.int(1...17)
      c.pixelStride = c.tapBytes
      complete(&c, seed: seed, &random)
      cases.append(c)
    }
    // Longer than the AVX2 kernel gathers of four pixels.
    for depth in [7168, 7172] {
      var c = ConvolutionCase(tapBytes: depth, channels: 20, pixelStride: depth, seed: 6100)
      (c.rows.size, c.columns.size) = (2, 3)
      cases.append(c)
    }
    cases.removeAll { $0.rows.output < 2 || $0.columns.output < 2 }
    for index in cases.indices {
      cases[index].pools = true
      switch cases[index].values {
      case .wildMultipliers where index % 3 > 0: cases[index].values = .wildMagnitudes
      case .codes where index % 3 == 0: cases[index].values = .negativeCodes
      default: break
      }
    }
    return cases
  }()

  private static func addMap(_ c: inout ConvolutionCase, _ random: inout Random) {
    c.addend = ConvolutionCase.Addend(
      zero: random.pick([0, 128, 255, random.int(0...255)]), multiplier: Float(random.int(1...1000)) / 300,
      isInPlace: random.int(0...1) == 0)
  }

  /// Every second of the dense cases' shapes, and long reductions, at densities from nothing to all.
  static let blockSparseConvolutions: [ConvolutionCase] = {
    var random = Random(seed: 3)
    var cases = convolutions.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    for (depth, channels) in [(784, 256), (4608, 132), (1 << 17, 20)] {
      cases.append(ConvolutionCase(tapBytes: depth, channels: channels, pixelStride: depth, seed: 5000))
    }
    // Pads around a single tap: pixels outside the map.
    for before in 0...1 {
      var c = ConvolutionCase(tapBytes: 36, channels: 40, pixelStride: 36, seed: 5001)
      c.rows = WindowAxis(size: 4, padBefore: before, padAfter: 1)
      c.columns = WindowAxis(size: 3, stride: 2, padBefore: before, padAfter: 2)
      cases.append(c)
    }
    for index in cases.indices {
      cases[index].density = random.pick([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
      if index % 3 == 0 { addMap(&cases[index], &random) }
    }
    return cases
  }()

  static let depthwiseConvolutions: [ConvolutionCase] = {
    var cases = [ConvolutionCase]()
    var random = Random(seed: 2)
    for seed in 2000..<2240 {
      var c = ConvolutionCase(depthwise: true)
      if seed % 2 == 0 {
        c.rows = WindowAxis(
          size: random.int(1...12), kernel: 3, stride: 1, dilation: 1, padBefore: 1, padAfter: 1)
        c.columns = c.rows
        c.columns.size = random.int(1...12)
        c.columns.stride = random.pick([1, 2])
        c.rows.stride = c.columns.stride
      } else {
        c.rows = .random(&random, kernels: [1, 2, 3, 4, 5, 7, 9])
        c.columns = .random(&random, kernels: [1, 2, 3, 4, 5, 7])
      }
      c.channels = random.int(1...20) * 4
      c.pixelStride = c.channels + random.pick([0, 0, 4])
      complete(&c, seed: seed, &random)
      cases.append(c)
    }
    // A kernel wider than any buffer of columns.
    for kernel in [31, 300] {
      let axis = WindowAxis(
        size: kernel / 10 + 3, kernel: kernel, padBefore: kernel / 2, padAfter: kernel / 2 + 1)
      let rows = WindowAxis(size: 3, kernel: 2, padBefore: 1)
      cases.append(
        ConvolutionCase(depthwise: true, rows: rows, columns: axis, channels: 20, pixelStride: 20, seed: 77))
      cases.append(
        ConvolutionCase(depthwise: true, rows: axis, columns: rows, channels: 20, pixelStride: 20, seed: 78))
    }
    return cases
  }()

  static let winogradConvolutions: [ConvolutionCase] = {
    var random = Random(seed: 6)
    var cases: [ConvolutionCase] = (7000..<7160).map { seed in
      var c = ConvolutionCase()
      func axis() -> WindowAxis {
        let (before, after) = (random.int(0...2), random.int(0...2))
        let size = random.int(max(1, 3 - before - after)...21)
        return WindowAxis(size: size, kernel: 3, padBefore: before, padAfter: after)
      }
      (c.rows, c.columns) = (axis(), axis())
      c.tapBytes = random.int(1...20) * 4
      c.channels = random.int(1...12) * 4
      c.pixelStride = c.tapBytes + random.pick([0, 0, 4, 8])
      complete(&c, seed: seed, &random)
      if seed % 4 == 0 { addMap(&c, &random) }
      if seed % 4 == 1 && c.rows.output > 1 && c.columns.output > 1 {
        c.pools = true
        if c.values == .wildMultipliers { c.values = .wildMagnitudes }
      }
      return c
    }
    // The largest sums: as deep as they are exact at once, and deeper.
    for (depth, channels) in [(112, 4), (116, 20), (512, 20), (2300, 4)] {
      var c = ConvolutionCase(
        tapBytes: depth, channels: channels, pixelStride: depth, values: .extreme, seed: UInt64(depth))
      (c.rows, c.columns) = (WindowAxis(size: 5, kernel: 3, padBefore: 1), WindowAxis(size: 8, kernel: 3))
      cases.append(c)
    }
    return cases
  }()

  private static func complete(_ c: inout ConvolutionCase, seed: Int, _ random: inout Random) {
    c.outputGap = random.pick([0, 0, 4, 12])
    c.range = OutputRange(random: &random)
    c.values = random.pick([.random, .random, .random, .codes, .codes, .extreme, .wildMultipliers])
    c.seed = UInt64(seed)
  }

  /// A tap is a row of the kernel: longer than a pixel, at any address.
  private static func mergedFirstLayers(_ random: inout Random) -> [ConvolutionCase] {
    (0..<24).map { index in
      var c = ConvolutionCase()
      c.pixelStride = [1, 3][index % 2]
      c.rows = WindowAxis(
        size: random.int(3...9), kernel: 3, stride: random.int(1...2), padBefore: 1, padAfter: 1)
      c.columns = WindowAxis(size: random.int(3...20), stride: random.int(1...2))
      c.tapBytes = [4, 12][index % 2]
      c.channels = random.int(1...9) * 4
      complete(&c, seed: 3000 + index, &random)
      return c
    }
  }

  /// The largest sums: 255 · ±127 over long reductions.
  private static func extremes() -> [ConvolutionCase] {
    [(1, 4096), (3, 256), (1, 2308), (5, 100)].flatMap { kernel, depth in
      [4, 16, 64].map { channels in
        var c = ConvolutionCase(tapBytes: depth, channels: channels, pixelStride: depth, values: .extreme)
        c.rows = WindowAxis(size: kernel, kernel: kernel)
        c.columns = WindowAxis(size: kernel + 1, kernel: kernel)
        c.seed = UInt64(depth)
        return c
      }
    }
  }

  /// More taps, and longer reductions, than the kernels' buffers hold.
  private static func manyTaps(_ random: inout Random) -> [ConvolutionCase] {
    [(13, 4), (12, 64), (17, 20), (1, 40_000), (9, 100)].enumerated().map { index, shape in
      let (kernel, depth) = shape
      var c = ConvolutionCase(tapBytes: depth, channels: 20, pixelStride: depth)
      c.rows = WindowAxis(
        size: kernel == 1 ? 1 : 4, kernel: kernel, padBefore: kernel / 2, padAfter: kernel / 2)
      c.columns = c.rows
      c.columns.size += 1
      complete(&c, seed: 4000 + index, &random)
      return c
    }
  }
}
