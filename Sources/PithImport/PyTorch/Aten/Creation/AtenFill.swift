import PithGraph

/// Tensors of one number.
enum AtenFill: AtenReader {
  static let targets = [
    "zeros.default", "ones.default", "full.default", "empty.memory_format", "zeros_like.default",
    "ones_like.default",
    "full_like.default", "empty_like.default", "new_zeros.default", "new_ones.default", "new_full.default",
    "new_empty.default", "scalar_tensor.default", "fill.Scalar", "zero.default", "empty_permuted.default",
  ]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    var value = 0.0
    if call.name.contains("ones") { value = 1 }
    for name in ["fill_value", "s", "value"] { if let number = try call.float(name) { value = number } }
    // The program notes the result's shape; of the first argument, nothing else is of interest.
    call.ignore(
      "self", "size", "dtype", "layout", "device", "pin_memory", "memory_format", "requires_grad", "names",
      "physical_layout")
    call.result(.filled(TorchFill(value: value, element: element, sizes: try call.resultSizes())))
  }
}
