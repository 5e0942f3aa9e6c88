import CPith
import CPithKernels

extension Executor {
  func floatFill(_ instruction: InstructionPointer) {
    let output = tensor(instruction.pointee.output)
    floats(output).initialize(
      repeating: instruction.pointee.immediate_f.0, count: output.pointee.elementCount)
  }

  func floatConvolve(_ instruction: InstructionPointer) {
    let window = instruction.pointee.window
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var arguments = pith_f32_conv_args()
    arguments.input = UnsafePointer(floats(input))
    arguments.weights = UnsafePointer(floats(tensor(instruction.pointee.inputs.1)))
    let bias = instruction.pointee.inputs.2
    arguments.bias = bias == PITH_NONE ? nil : UnsafePointer(floats(tensor(bias)))
    arguments.output = floats(output)
    arguments.channels = int32(input.pointee.dims.1)
    arguments.in_height = int32(input.pointee.dims.2)
    arguments.in_width = int32(input.pointee.dims.3)
    arguments.out_channels = int32(output.pointee.dims.1)
    arguments.out_height = int32(output.pointee.dims.2)
    arguments.out_width = int32(output.pointee.dims.3)
    arguments.groups = window.extent
    arguments.kernel_h = window.kernel_h
    arguments.kernel_w = window.kernel_w
    arguments.stride_h = window.stride_h
    arguments.stride_w = window.stride_w
    arguments.dilation_h = window.dilation_h
    arguments.dilation_w = window.dilation_w
    arguments.pad_top = window.pad_top
    arguments.pad_left = window.pad_left
    var image: UInt32 = 0
    while image < output.pointee.dims.0 {
      pith_f32_conv(&arguments)
      arguments.input += imageElements(input)
      arguments.output += imageElements(output)
      image &+= 1
    }
  }

  private func imageElements(_ map: TensorPointer) -> Int {
    int(map.pointee.dims.1) &* int(map.pointee.dims.2) &* int(map.pointee.dims.3)
  }

  func floatPool(
    _ instruction: InstructionPointer, _ kernel: @convention(c) (UnsafePointer<pith_f32_pool_args>?) -> Void
  ) {
    let window = instruction.pointee.window
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var arguments = pith_f32_pool_args()
    arguments.input = UnsafePointer(floats(input))
    arguments.output = floats(output)
    // Each channel by itself, so the images' channels are all one image's.
    arguments.channels = int32(input.pointee.dims.0 &* input.pointee.dims.1)
    arguments.in_height = int32(input.pointee.dims.2)
    arguments.in_width = int32(input.pointee.dims.3)
    arguments.out_height = int32(output.pointee.dims.2)
    arguments.out_width = int32(output.pointee.dims.3)
    arguments.kernel_h = window.kernel_h
    arguments.kernel_w = window.kernel_w
    arguments.stride_h = window.stride_h
    arguments.stride_w = window.stride_w
    arguments.dilation_h = window.dilation_h
    arguments.dilation_w = window.dilation_w
    arguments.pad_top = window.pad_top
    arguments.pad_left = window.pad_left
    arguments.pad_bottom = window.pad_bottom
    arguments.pad_right = window.pad_right
    arguments.count_padding = window.extent
    kernel(&arguments)
  }

  func floatMultiply(_ instruction: InstructionPointer) {
    let matmul = instruction.pointee.matmul
    var arguments = pith_f32_matmul_args()
    arguments.a = UnsafePointer(floats(tensor(instruction.pointee.inputs.0)))
    arguments.b = UnsafePointer(floats(tensor(instruction.pointee.inputs.1)))
    let bias = instruction.pointee.inputs.2
    arguments.bias = bias == PITH_NONE ? nil : UnsafePointer(floats(tensor(bias)))
    arguments.output = floats(tensor(instruction.pointee.output))
    arguments.batch = matmul.batch
    arguments.rows = matmul.rows
    arguments.inner = matmul.inner
    arguments.columns = matmul.columns
    arguments.a_batch = matmul.a_batch
    arguments.a_row = matmul.a_row
    arguments.a_inner = matmul.a_inner
    arguments.b_batch = matmul.b_batch
    arguments.b_inner = matmul.b_inner
    arguments.b_column = matmul.b_column
    arguments.c_row = matmul.c_row
    arguments.c_column = matmul.c_column
    arguments.alpha = instruction.pointee.immediate_f.0
    arguments.beta = instruction.pointee.immediate_f.1
    pith_f32_matmul(&arguments)
  }

  func floatCombine(_ instruction: InstructionPointer) {
    var broadcast = instruction.pointee.broadcast
    let a = UnsafePointer(floats(tensor(instruction.pointee.inputs.0)))
    let b = UnsafePointer(floats(tensor(instruction.pointee.inputs.1)))
    let output = floats(tensor(instruction.pointee.output))
    let kind = UInt32(instruction.pointee.flags)
    withAxes(&broadcast.dims) { dims in
      withAxes(&broadcast.a_strides) { aStrides in
        withAxes(&broadcast.b_strides) { bStrides in
          pith_f32_binary(kind, a, b, output, dims, aStrides, bStrides)
        }
      }
    }
  }

  func floatMap(_ instruction: InstructionPointer) {
    let input = tensor(instruction.pointee.inputs.0)
    pith_f32_unary(
      UInt32(instruction.pointee.flags), UnsafePointer(floats(input)),
      floats(tensor(instruction.pointee.output)), input.pointee.elementCount,
      instruction.pointee.immediate_f.0, instruction.pointee.immediate_f.1)
  }

  func floatSoftmax(_ instruction: InstructionPointer) {
    let input = tensor(instruction.pointee.inputs.0)
    let count = int(lastAxis(input.pointee))
    pith_f32_softmax(
      UnsafePointer(floats(input)), floats(tensor(instruction.pointee.output)), rows(input), count)
  }

  func floatMean(_ instruction: InstructionPointer) {
    let input = tensor(instruction.pointee.inputs.0)
    let count = int(lastAxis(input.pointee))
    pith_f32_mean(
      UnsafePointer(floats(input)), floats(tensor(instruction.pointee.output)), rows(input), count)
  }

  /// How many runs along the last axis the tensor has.
  private func rows(_ tensor: TensorPointer) -> Int {
    let count = int(lastAxis(tensor.pointee))
    return count > 0 ? tensor.pointee.elementCount / count : 0
  }
}
