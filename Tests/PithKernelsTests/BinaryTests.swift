import CPithKernels
import Testing

/// `rows` runs of `count` bytes, with operand b's run repeated or not, in place or not.
struct BinaryCase: Sendable {
  var rows: Int
  var count: Int
  var gap: Int
  var repeatsB: Bool
  var inPlace: Bool
  var zeros: [Int]
  var multipliers: [Float]
  var range: OutputRange
  var seed: UInt64

  init(seed: UInt64, random: inout Random) {
    rows = random.int(1...5)
    count = random.pick([random.int(1...20) * 4, random.int(1...150)])
    gap = random.pick([0, 0, 4, 9])
    repeatsB = random.int(0...2) == 0
    inPlace = random.int(0...1) == 1
    zeros = [random.pick([0, 255, random.int(0...255)]), random.pick([0, 255, random.int(0...255)])]
    multipliers = [
      random.pick([0.5, Float(random.int(1...2000)) / 997, 1e38, -1, 1e-3]),
      random.pick([0.5, Float(random.int(1...2000)) / 997, -1e38, 1, .nan]),
    ]
    range = OutputRange(random: &random)
    self.seed = seed
  }

  static let all: [BinaryCase] = {
    var random = Random(seed: 4)
    return (0..<200).map { BinaryCase(seed: $0, random: &random) }
  }()
}

@Suite struct BinaryTests {
  @Test(arguments: BinaryCase.all) func binary(_ c: BinaryCase) {
    var random = Random(seed: c.seed)
    let stride = c.count + c.gap
    let a = random.bytes(c.rows * stride + 64)
    let b = random.bytes(c.rows * stride + 64)
    let sum = expected(c, a, b) { Float($0) * c.multipliers[0] + Float($1) * c.multipliers[1] }
    let product = expected(c, a, b) { Float($0 * $1) * c.multipliers[0] }
    for backend in Backend.all {
      #expect(run(c, a, b, backend.kernels.add).bytes == sum.bytes, "\(backend) add")
      #expect(run(c, a, b, backend.kernels.multiply).bytes == product.bytes, "\(backend) multiply")
    }
  }

  private func start(_ c: BinaryCase, _ a: [UInt8]) -> Guarded {
    let stride = c.count + c.gap
    var output = Guarded(count: c.rows * stride)
    if c.inPlace { for i in 0..<c.rows * stride { output[i] = a[i] } }
    return output
  }

  private func expected(_ c: BinaryCase, _ a: [UInt8], _ b: [UInt8], _ f: (Int, Int) -> Float) -> Guarded {
    let stride = c.count + c.gap
    var output = start(c, a)
    for row in 0..<c.rows {
      for i in 0..<c.count {
        let x = Int(a[row * stride + i]) - c.zeros[0]
        let y = Int(b[(c.repeatsB ? 0 : row) * stride + i]) - c.zeros[1]
        output[row * stride + i] = c.range.requantize(f(x, y))
      }
    }
    return output
  }

  private func run(
    _ c: BinaryCase, _ a: [UInt8], _ b: [UInt8],
    _ kernel: (@convention(c) (UnsafePointer<pith_binary_args>?) -> Void)?
  ) -> Guarded {
    var output = start(c, a)
    var args = pith_binary_args()
    (args.rows, args.count) = (c.rows, c.count)
    (args.a_stride, args.b_stride, args.out_stride) = (
      c.count + c.gap, c.repeatsB ? 0 : c.count + c.gap, c.count + c.gap
    )
    (args.a_zero, args.b_zero) = (Int32(c.zeros[0]), Int32(c.zeros[1]))
    (args.a_multiplier, args.b_multiplier) = (c.multipliers[0], c.multipliers[1])
    (args.out_zero, args.out_min, args.out_max) = (
      Int32(c.range.zero), Int32(c.range.min), Int32(c.range.max)
    )
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        _ = output.withOutput { out in
          args.a = c.inPlace ? UnsafePointer(out) : a.baseAddress
          (args.b, args.output) = (b.baseAddress, out)
          kernel?(&args)
        }
      }
    }
    return output
  }
}

@Suite struct LookupTests {
  @Test(arguments: [0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 127, 200, 1000]) func lookup(_ count: Int) {
    var random = Random(seed: UInt64(count))
    let table = random.bytes(256)
    let input = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) } + random.bytes(64)
    var expected = Guarded(count: count)
    for i in 0..<count { expected[i] = table[Int(input[i])] }
    for backend in Backend.all {
      var output = Guarded(count: count)
      _ = output.withOutput { backend.kernels.lookup?(input, $0, count, table) }
      #expect(output.bytes == expected.bytes, "\(backend)")
      var inPlace = Guarded(count: count)
      for i in 0..<count { inPlace[i] = input[i] }
      _ = inPlace.withOutput { backend.kernels.lookup?($0, $0, count, table) }
      #expect(inPlace.bytes == expected.bytes, "\(backend) in place")
    }
  }
}
