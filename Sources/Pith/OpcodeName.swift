import CPith

/// What reports call an instruction of a `.pith` file.
enum OpcodeName {
  static func of(_ record: pith_instruction) -> String {
    let opcode = UInt32(record.opcode)
    let names: [UInt32: String] = [
      PITH_OP_QUANTIZE.rawValue: "quantize", PITH_OP_DEQUANTIZE.rawValue: "dequantize",
      PITH_OP_CONV.rawValue: "conv", PITH_OP_CONV_SPARSE.rawValue: "conv_sparse",
      PITH_OP_DEPTHWISE.rawValue: "depthwise", PITH_OP_MAX_POOL.rawValue: "max_pool",
      PITH_OP_AVERAGE_POOL.rawValue: "average_pool", PITH_OP_ADD.rawValue: "add",
      PITH_OP_MULTIPLY.rawValue: "multiply", PITH_OP_LOOKUP.rawValue: "lookup", PITH_OP_COPY.rawValue: "copy",
      PITH_OP_FILL.rawValue: "fill", PITH_OP_SOFTMAX.rawValue: "softmax",
      PITH_OP_RECURRENT.rawValue: "recurrent", PITH_OP_MATMUL.rawValue: "matmul",
      PITH_OP_LAYER_NORM.rawValue: "layer_norm", PITH_OP_EMBED.rawValue: "embed",
      PITH_OP_RESIZE.rawValue: "resize",
      PITH_OP_F32_COPY.rawValue: "f32_copy",
      PITH_OP_F32_FILL.rawValue: "f32_fill", PITH_OP_F32_CONV.rawValue: "f32_conv",
      PITH_OP_F32_MATMUL.rawValue: "f32_matmul", PITH_OP_F32_BINARY.rawValue: "f32_binary",
      PITH_OP_F32_UNARY.rawValue: "f32_unary", PITH_OP_F32_SOFTMAX.rawValue: "f32_softmax",
      PITH_OP_F32_MAX_POOL.rawValue: "f32_max_pool", PITH_OP_F32_AVERAGE_POOL.rawValue: "f32_average_pool",
      PITH_OP_F32_MEAN.rawValue: "f32_mean",
    ]
    let name = names[opcode] ?? "opcode \(opcode)"
    guard opcode == PITH_OP_CONV.rawValue || opcode == PITH_OP_CONV_SPARSE.rawValue else { return name }
    let flags = UInt32(record.flags)
    return name + (flags & PITH_CONV_ADDS != 0 ? "+add" : "")
      + (flags & PITH_CONV_POOLS != 0 ? "+max_pool" : "")
  }
}
