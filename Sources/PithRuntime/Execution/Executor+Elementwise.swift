import CPith
import CPithKernels

extension Executor {
  /// Addition and multiplication, where b may be one pixel for the whole map.
  func combine(
    _ instruction: InstructionPointer, _ kernel: (@convention(c) (UnsafePointer<pith_binary_args>?) -> Void)?
  ) {
    guard let kernel else { return }
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
      kernel(&arguments)
      return
    }
    arguments.rows = int(output.pointee.height) &* int(output.pointee.width)
    arguments.b_stride = 0
    var image: UInt32 = 0
    while image < output.pointee.batch {
      kernel(&arguments)
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
      kernel(from, to, count &* pixels, table)
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
    kernel(&arguments)
  }

  /// Whether pixels follow each other without a gap that belongs to another tensor.
  private func isDense(_ map: TensorPointer) -> Bool {
    map.pointee.usedBytes == int(map.pointee.pixel_stride)
  }
}
