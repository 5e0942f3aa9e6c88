import CPith
import CPithKernels

private typealias BinaryKernel = @convention(c) (UnsafePointer<pith_binary_args>?) -> Void
private typealias SoftmaxKernel = @convention(c) (UnsafePointer<pith_softmax_args>?) -> Void
private typealias LookupKernel =
  @convention(c) (
    UnsafePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, Int, UnsafePointer<UInt8>?
  ) -> Void

/// Addition or multiplication in shares of runs of bytes or, of a single run, of bytes.
private struct SharedBinary {
  let kernel: BinaryKernel
  let arguments: pith_binary_args
  let shares: Shares

  func run(_ index: UInt32) {
    var arguments = arguments
    let (begin, end) = (Int(shares.begin(index)), Int(shares.end(index)))
    let isOneRun = arguments.rows == 1
    if isOneRun { arguments.count = end &- begin } else { arguments.rows = end &- begin }
    arguments.a += isOneRun ? begin : begin &* arguments.a_stride
    arguments.b += isOneRun ? begin : begin &* arguments.b_stride
    arguments.output += isOneRun ? begin : begin &* arguments.out_stride
    kernel(&arguments)
  }
}

/// A table's values in shares of bytes.
private struct SharedLookup {
  let kernel: LookupKernel
  let input, table: UnsafePointer<UInt8>
  let output: UnsafeMutablePointer<UInt8>
  let shares: Shares

  func run(_ index: UInt32) {
    let (begin, end) = (Int(shares.begin(index)), Int(shares.end(index)))
    kernel(input + begin, output + begin, end &- begin, table)
  }
}

/// Softmax in shares of rows.
private struct SharedSoftmax {
  let kernel: SoftmaxKernel
  let arguments: pith_softmax_args
  let shares: Shares

  func run(_ index: UInt32) {
    var arguments = arguments
    let begin = shares.begin(index)
    arguments.rows = shares.end(index) &- begin
    arguments.input += Int(begin) &* Int(arguments.in_stride)
    arguments.output += Int(begin) &* Int(arguments.out_stride)
    kernel(&arguments)
  }
}

extension Executor {
  /// Addition and multiplication, where b may be one pixel for the whole map.
  func combine(
    _ instruction: InstructionPointer, _ kernel: (@convention(c) (UnsafePointer<pith_binary_args>?) -> Void)?
  ) {
    guard let kernel else { return }
    func run(_ arguments: pith_binary_args) {
      let rows = Int32(truncatingIfNeeded: arguments.rows == 1 ? arguments.count : arguments.rows)
      // A byte takes as long as about 8 multiply-adds.
      let cost = 8 &* UInt64(widening: arguments.rows) &* UInt64(widening: arguments.count)
      let shares = Shares(
        rows, unit: arguments.rows == 1 ? 64 : 1, pieces: pieces(cost: cost, most: Int32.max))
      var shared = SharedBinary(kernel: kernel, arguments: arguments, shares: shares)
      share(&shared, shares.count) { context, index in
        context?.assumingMemoryBound(to: SharedBinary.self).pointee.run(index)
      }
    }
    let a = tensor(instruction.pointee.inputs.0)
    let b = tensor(instruction.pointee.inputs.1)
    let output = tensor(instruction.pointee.output)
    var arguments = pith_binary_args()
    arguments.a = UnsafePointer(bytes(a))
    arguments.b = UnsafePointer(bytes(b))
    arguments.output = bytes(output)
    arguments.a_zero = a.pointee.zero_point
    arguments.b_zero = b.pointee.zero_point
    arguments.out_zero = output.pointee.zero_point
    arguments.out_min = instruction.pointee.binary.clamp_min
    arguments.out_max = instruction.pointee.binary.clamp_max
    arguments.a_multiplier = instruction.pointee.immediate_f.0
    arguments.b_multiplier = instruction.pointee.immediate_f.1
    arguments.count = output.pointee.usedBytes
    arguments.a_stride = int(a.pointee.pixel_stride)
    arguments.b_stride = int(b.pointee.pixel_stride)
    arguments.out_stride = int(output.pointee.pixel_stride)
    if b.pointee.hasShape(of: a.pointee) {
      arguments.rows = output.pointee.pixelCount
      if isDense(a) && isDense(b) && isDense(output) {
        arguments.count = arguments.count &* arguments.rows
        arguments.rows = 1
      }
      run(arguments)
      return
    }
    arguments.rows = int(output.pointee.height) &* int(output.pointee.width)
    arguments.b_stride = 0
    var image: UInt32 = 0
    while image < output.pointee.batch {
      run(arguments)
      arguments.a += a.pointee.imageBytes
      arguments.b += b.pointee.imageBytes
      arguments.output += output.pointee.imageBytes
      image &+= 1
    }
  }

  /// Any function of one byte, by a table.
  func lookUp(_ instruction: InstructionPointer) {
    guard let kernel = kernels.pointee.lookup else { return }
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    let table = constants(instruction.pointee.table).assumingMemoryBound(to: UInt8.self)
    let count = output.pointee.usedBytes
    var pixels = output.pointee.pixelCount
    var from = UnsafePointer(bytes(input))
    var to = bytes(output)
    if isDense(input) && isDense(output) {
      let shares = Shares(
        Int32(truncatingIfNeeded: count &* pixels), unit: 64,
        pieces: pieces(cost: 2 &* UInt64(widening: count &* pixels), most: Int32.max))
      var shared = SharedLookup(kernel: kernel, input: from, table: table, output: to, shares: shares)
      share(&shared, shares.count) { context, index in
        context?.assumingMemoryBound(to: SharedLookup.self).pointee.run(index)
      }
      return
    }
    while pixels > 0 {
      kernel(from, to, count, table)
      from += int(input.pointee.pixel_stride)
      to += int(output.pointee.pixel_stride)
      pixels &-= 1
    }
  }

  func fill(_ instruction: InstructionPointer) {
    let output = tensor(instruction.pointee.output)
    set(
      address(output), Int(truncatingIfNeeded: output.pointee.bytes),
      UInt8(truncatingIfNeeded: instruction.pointee.immediate_i))
  }

  /// Over the channels of each pixel.
  func softmax(_ instruction: InstructionPointer) {
    guard let kernel = kernels.pointee.softmax else { return }
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var arguments = pith_softmax_args()
    arguments.input = UnsafePointer(bytes(input))
    arguments.output = bytes(output)
    arguments.table = constants(instruction.pointee.table).assumingMemoryBound(to: UInt32.self)
    arguments.rows = Int32(truncatingIfNeeded: output.pointee.pixelCount)
    arguments.count = int32(output.pointee.channels)
    arguments.in_stride = int32(input.pointee.pixel_stride)
    arguments.out_stride = int32(output.pointee.pixel_stride)
    arguments.multiplier = instruction.pointee.immediate_f.0
    arguments.out_zero = output.pointee.zero_point
    arguments.out_min = 0
    arguments.out_max = 255
    // A byte takes as long as about 32 multiply-adds.
    let cost = 32 &* UInt64(widening: output.pointee.pixelCount &* int(output.pointee.channels))
    let shares = Shares(arguments.rows, unit: 1, pieces: pieces(cost: cost, most: arguments.rows))
    var shared = SharedSoftmax(kernel: kernel, arguments: arguments, shares: shares)
    share(&shared, shares.count) { context, index in
      context?.assumingMemoryBound(to: SharedSoftmax.self).pointee.run(index)
    }
  }

  /// Whether pixels follow each other without a gap that belongs to another tensor.
  private func isDense(_ map: TensorPointer) -> Bool {
    map.pointee.usedBytes == int(map.pointee.pixel_stride)
  }
}
