import CPith
import CPithKernels

/// One run of a validated model: where everything lies, and how to split large instructions.
struct Executor {
  let model: UnsafePointer<pith_model>
  let kernels: UnsafePointer<pith_kernels>
  let arena: UnsafeMutableRawPointer
  let inputs: UnsafePointer<UnsafePointer<Float>?>?
  let outputs: UnsafePointer<UnsafeMutablePointer<Float>?>?
  /// Of the chosen kernels, one for each instruction.
  let plans: UnsafeRawPointer?
  let threads: UInt32
  let parallel: pith_parallel?
  let pool: UnsafeMutableRawPointer?

  /// Runs instructions `first` to before `end`, which is at most instruction_count.
  func run(from first: UInt32, to end: UInt32) {
    var number = first
    while number < end {
      let instruction = model.pointee.instruction(number)
      if let opcode = Opcode(rawValue: instruction.pointee.opcode) { run(instruction, opcode, number) }
      number &+= 1
    }
  }

  private func run(_ instruction: InstructionPointer, _ opcode: Opcode, _ number: UInt32) {
    switch opcode {
    case .quantize: quantize(instruction)
    case .dequantize: dequantize(instruction)
    case .conv: convolve(instruction, plan(number))
    case .convSparse: convolveSparse(instruction)
    case .depthwise: convolveDepthwise(instruction)
    case .maxPool: pool(instruction, kernels.pointee.max_pool)
    case .averagePool: pool(instruction, kernels.pointee.average_pool)
    case .add: combine(instruction, kernels.pointee.add)
    case .multiply: combine(instruction, kernels.pointee.multiply)
    case .lookup: lookUp(instruction)
    case .copy: copy(instruction)
    case .fill: fill(instruction)
    case .softmax: softmax(instruction)
    case .recurrent: recur(instruction)
    case .matmul: multiplyMaps(instruction)
    case .layerNorm: normalize(instruction)
    case .embed: embed(instruction)
    case .resize: resize(instruction)
    case .f32Copy: floatCopy(instruction)
    case .f32Fill: floatFill(instruction)
    case .f32Conv: floatConvolve(instruction)
    case .f32Matmul: floatMultiply(instruction)
    case .f32Binary: floatCombine(instruction)
    case .f32Unary: floatMap(instruction)
    case .f32Softmax: floatSoftmax(instruction)
    case .f32MaxPool: floatPool(instruction, pith_f32_max_pool)
    case .f32AveragePool: floatPool(instruction, pith_f32_average_pool)
    case .f32Mean: floatMean(instruction)
    }
  }

  /// How to run an instruction; zeros leave it to the kernels.
  private func plan(_ number: UInt32) -> pith_plan {
    guard let plans else { return pith_plan() }
    let place = plans + int(number) &* int(model.pointee.plan_stride)
    return place.assumingMemoryBound(to: pith_plan.self).pointee
  }

  @inline(__always)
  func tensor(_ number: UInt32) -> TensorPointer { model.pointee.tensor(number) }

  /// Where the tensor's first byte lies. That of an input or of the file is never written.
  @inline(__always)
  func address(_ tensor: TensorPointer) -> UnsafeMutableRawPointer {
    let offset = Int(truncatingIfNeeded: tensor.pointee.offset)
    switch UInt32(tensor.pointee.space) {
    case PITH_SPACE_CONSTANTS.rawValue: return UnsafeMutableRawPointer(mutating: constants(offset))
    case PITH_SPACE_INPUT.rawValue:
      return UnsafeMutableRawPointer(mutating: inputs.unsafelyUnwrapped[offset].unsafelyUnwrapped)
    case PITH_SPACE_OUTPUT.rawValue:
      return UnsafeMutableRawPointer(outputs.unsafelyUnwrapped[offset].unsafelyUnwrapped)
    default: return arena + offset
    }
  }

  @inline(__always)
  func bytes(_ tensor: TensorPointer) -> UnsafeMutablePointer<UInt8> {
    address(tensor).assumingMemoryBound(to: UInt8.self)
  }

  @inline(__always)
  func floats(_ tensor: TensorPointer) -> UnsafeMutablePointer<Float> {
    address(tensor).assumingMemoryBound(to: Float.self)
  }

  @inline(__always)
  func constants(_ offset: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(model.pointee.constants.unsafelyUnwrapped) + offset
  }

  @inline(__always)
  func constants(_ offset: UInt32) -> UnsafeRawPointer { constants(Int(truncatingIfNeeded: offset)) }
}

/// A validated count as the kernels take it.
@inline(__always)
func int32(_ value: UInt32) -> Int32 { Int32(truncatingIfNeeded: value) }

/// A validated count as an address takes it.
@inline(__always)
func int(_ value: UInt32) -> Int { Int(truncatingIfNeeded: value) }

extension pith_tensor {
  /// Bytes from one row, or image, of a validated map to the next.
  @inline(__always)
  var rowBytes: Int { int(width) &* int(pixel_stride) }
  @inline(__always)
  var imageBytes: Int { int(height) &* rowBytes }
  @inline(__always)
  var pixelCount: Int { int(batch) &* int(height) &* int(width) }
  @inline(__always)
  var elementCount: Int {
    int(dims.0) &* int(dims.1) &* int(dims.2) &* int(dims.3) &* int(dims.4) &* int(dims.5)
  }
  /// Bytes that an instruction processes of each pixel.
  @inline(__always)
  var usedBytes: Int {
    let padded = (int(channels) &+ 3) & ~3
    return padded < int(pixel_stride) ? padded : int(pixel_stride)
  }
}
