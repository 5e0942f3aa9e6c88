import CPith
import PithPasses

extension pith_tensor {
  static func bytes(_ dims: [Int], pixelStride: Int, _ parameters: QuantizationParameters) -> pith_tensor {
    var tensor = pith_tensor()
    tensor.type = UInt8(PITH_U8.rawValue)
    tensor.rank = 4
    tensor.setDims(dims)
    tensor.pixel_stride = UInt32(pixelStride)
    tensor.bytes = UInt64(dims[0] * dims[1] * dims[2] * pixelStride)
    tensor.scale = parameters.scale
    tensor.zero_point = Int32(parameters.zeroPoint)
    return tensor
  }

  static func floats(_ sizes: [Int]) -> pith_tensor {
    var tensor = pith_tensor()
    tensor.type = UInt8(PITH_F32.rawValue)
    tensor.rank = UInt8(sizes.count)
    tensor.setDims(sizes)
    tensor.bytes = UInt64(sizes.reduce(1, *) * 4)
    tensor.scale = 1
    return tensor
  }

  private mutating func setDims(_ sizes: [Int]) {
    withUnsafeMutableBytes(of: &dims) { raw in
      let dims = raw.bindMemory(to: UInt32.self)
      for index in dims.indices { dims[index] = index < sizes.count ? UInt32(sizes[index]) : 1 }
    }
  }

  var parameters: QuantizationParameters { QuantizationParameters(scale: scale, zeroPoint: Int(zero_point)) }

  /// The sizes of the axes.
  public var sizes: [Int] {
    withUnsafeBytes(of: dims) { $0.bindMemory(to: UInt32.self).prefix(Int(rank)).map(Int.init) }
  }

  func isSameMap(as other: pith_tensor) -> Bool {
    sizes == other.sizes && pixel_stride == other.pixel_stride && offset == other.offset
      && space == other.space
  }
}

extension pith_instruction {
  static var empty: pith_instruction {
    var instruction = pith_instruction()
    instruction.inputs = (PITH_NONE, PITH_NONE, PITH_NONE)
    instruction.weights = PITH_NONE
    instruction.bias = PITH_NONE
    instruction.multiplier = PITH_NONE
    instruction.table = PITH_NONE
    instruction.name = PITH_NONE
    return instruction
  }

  mutating func setInputs(_ tensors: [UInt32]) {
    inputs = (
      tensors.first ?? PITH_NONE, tensors.count > 1 ? tensors[1] : PITH_NONE,
      tensors.count > 2 ? tensors[2] : PITH_NONE
    )
  }
}

extension pith_move {
  /// A copy over up to six axes; missing axes are 1.
  init(dims: [Int], inputStrides: [Int], outputStrides: [Int], inputOffset: Int = 0, outputOffset: Int = 0) {
    self.init()
    pith_move.fill(&self.dims, dims, 1)
    pith_move.fill(&input_strides, inputStrides, 0)
    pith_move.fill(&output_strides, outputStrides, 0)
    input_offset = UInt32(inputOffset)
    output_offset = UInt32(outputOffset)
  }

  static func fill<T>(_ tuple: inout T, _ values: [Int], _ rest: UInt32) {
    withUnsafeMutableBytes(of: &tuple) { raw in
      let slots = raw.bindMemory(to: UInt32.self)
      for index in slots.indices { slots[index] = index < values.count ? UInt32(values[index]) : rest }
    }
  }
}
